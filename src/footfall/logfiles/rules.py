"""Which requests are page views."""

from functools import lru_cache

ASSETS = frozenset(
    b"avif bmp css csv cur dmg doc docx eot exe flac gif gz ico iso jar jpeg jpg js json jsonld "
    b"m3u8 m4a m4s m4v map md5 mjs mov mp3 mp4 mpd msi ogg ogv otf pdf png ppt pptx rar rss sig "
    b"svg tar tgz ts ttf txt wasm wav webm webmanifest webp woff woff2 xls xlsx xml xz zip "
    b"zst".split()
)
"""Extensions of files that are no pages."""


@lru_cache(1 << 14)
def why_left_out(method: bytes | None, target: bytes | None, status: bytes) -> str | None:
    """None for a page view. What a bot is, the server decides."""
    if method != b"GET" or target is None:
        return "not GET"
    if not status.startswith(b"2") and status != b"304":
        return "redirects" if status.startswith(b"3") else "errors"
    path = target.partition(b"?")[0]
    _, dot, extension = path.rpartition(b".")
    if dot and extension.lower() in ASSETS:
        return "assets"
    return None
