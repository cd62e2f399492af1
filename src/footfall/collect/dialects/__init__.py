"""What the scripts of other products send, in our wire form: each dialect is one module.

Its ``read`` makes events of a body, and raises InvalidInput. Their ``site`` is what the script
calls it: the id of a site, an alias, or a domain.
"""
