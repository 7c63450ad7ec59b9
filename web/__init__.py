"""The site: pages, forms and exports over the records of `fair`. Asks matching over HTTP and never a live room."""

from __future__ import annotations

from web.app import create_app

__all__ = ["create_app"]
