"""A made-up shop with the real tracker, and simulated visitors.

``pages`` renders the shop, ``site.prepare`` adds it to a catalog, ``visitors.run`` sends the
visitors. They post to ``/collect`` over HTTP like browsers do; only the visitors are simulated.
"""
