"""A made-up shop that carries the real tracker, and visitors who walk through it.

``pages`` are the shop, ``site.prepare`` adds it to a catalog, ``visitors.run`` sends the visitors.
They post to ``/collect`` over HTTP like anyone else; nothing else is simulated.
"""
