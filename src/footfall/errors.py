"""Every error Footfall raises on purpose.

FootfallError
├── InvalidInput        what the caller sent is wrong; ``field`` says where          (400)
├── NotAllowed          a token that lacks the permission                            (403)
│   └── NotAuthenticated  no token, or an unknown one                                (401)
├── NotFound            no such site, goal or token                                  (404)
├── AlreadyExists       a site, goal or token of that name exists                    (409)
├── TooLarge            a body over its limit                                        (413)
├── RateLimited         too many requests from one address                           (429)
├── Overloaded          a bounded queue or table is full; try again later            (503)
├── StoreUnavailable    the store did not answer or refused; try again later         (503)
└── NotServed           this deployment does not do that; the text says what does    (501)
"""


class FootfallError(Exception):
    """The base class. The text says what is wrong and what to do."""


class InvalidInput(FootfallError):
    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(FootfallError):
    pass


class NotAuthenticated(NotAllowed):
    pass


class NotFound(FootfallError):
    pass


class AlreadyExists(FootfallError):
    def __init__(self, message: str, field: str | None = None, site: str | None = None) -> None:
        """``site`` has the name already: only for whoever administers it."""
        super().__init__(message)
        self.field = field
        self.site = site


class TooLarge(FootfallError):
    pass


class RateLimited(FootfallError):
    def __init__(self, message: str, retry_after: int = 1) -> None:
        """``retry_after`` in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class Overloaded(FootfallError):
    pass


class StoreUnavailable(FootfallError):
    """``public`` is what strangers may read: it does not say where the store is."""

    def __init__(self, message: str, public: str | None = None) -> None:
        super().__init__(message)
        self.public = message if public is None else public


class NotServed(FootfallError):
    def __init__(self, message: str, socket: str | None = None) -> None:
        """``socket`` is the URL of the WebSocket API to use instead."""
        super().__init__(message)
        self.socket = socket
