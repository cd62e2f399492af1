"""What strangers wrote, as a terminal may show it."""


def shown(text: bytes | str) -> str:
    """``text`` with escapes for all that is not to be seen, such as what moves the cursor."""
    decoded = text.decode(errors="replace") if isinstance(text, bytes) else text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape", "replace").decode()
        for each in decoded
    )
