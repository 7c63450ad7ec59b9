"""Origins: from which pages a room may be opened. Everything else is refused before the handshake."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from fair.settings import Settings

_ANY = ("0.0.0.0", "::", "")


class Origins:
    """The site's own origins: the public address, or the site's port on this machine.

    When the site listens on every address, a page that was opened by IP address may open the room at that same
    address; a name may not, since any name can be made to lead here.
    """

    def __init__(self, settings: Settings) -> None:
        self._port = settings.web_port
        self._is_any = settings.host in _ANY
        if settings.public_url:
            parts = urlsplit(settings.public_url)
            self._known = {f"{parts.scheme}://{parts.netloc}".lower()}
            self._is_any = False
        else:
            hosts = {"localhost", "127.0.0.1", "[::1]", _bracketed(settings.host)}
            self._known = {f"http://{host}:{self._port}" for host in hosts}
            if self._port == 80:
                self._known |= {f"http://{host}" for host in hosts}

    def allows(self, origins: Sequence[str], *, host: str) -> bool:
        """Whether a handshake with these Origin headers, sent to `host`, is from the site; none or two are not."""
        if len(origins) != 1:
            return False
        origin = origins[0].lower()
        if origin in self._known:
            return True
        return self._is_any and origin == f"http://{_address(host)}:{self._port}" and bool(_address(host))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _address(host: str) -> str:
    """The IP address in a Host header, or nothing when it is a name."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return _bracketed(str(ip_address(name)))
    except ValueError:
        return ""
