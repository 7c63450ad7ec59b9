"""What a browser calls itself, in words that its owner knows. It decides nothing; the name is only shown."""

from __future__ import annotations

__all__ = ["device_name"]

_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_name(client: str) -> str:
    """Browser and system, as Chrome · Android; what is left of an unknown one, at most 40 characters."""
    browser = next((name for sign, name in _BROWSERS if sign in client), "")
    system = next((name for sign, name in _SYSTEMS if sign in client), "")
    return " · ".join(part for part in (browser, system) if part) or client[:40]
