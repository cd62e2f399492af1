"""The properties that have a place of their own in an event."""

from footfall.enrich.draft import Draft


def lift_properties(draft: Draft) -> None:
    """Step: an event's ``name`` and an outbound click's ``url`` leave the properties.

    ``collect`` has made sure that they are there and are text.
    """
    kind = draft.hit.type
    if draft.props is None or kind not in ("event", "outbound"):
        return
    props = dict(draft.props)
    if kind == "event":
        draft.name = str(props.pop("name"))
    else:
        draft.url = str(props.pop("url"))
    draft.props = props or None
