"""The properties that have their own field in an event."""

from footfall.enrich.draft import Draft


def lift_properties(draft: Draft) -> None:
    """Step: moves an event's ``name`` and an outbound click's ``url`` to their own fields.

    ``collect`` has checked that they exist and are text.
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
