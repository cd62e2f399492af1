"""A made-up shop with the real tracker in it, and visitors who walk through it.

``pages.routes`` serves the shop, ``site.prepare`` puts it into a catalog, ``visitors.run`` sends
the visitors. They post to ``/collect`` over HTTP like anyone else; nothing else is simulated.
"""
