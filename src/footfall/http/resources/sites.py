"""The sites: list, add, read, change, remove."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from msgspec import UNSET, UnsetType
from starlette.responses import Response

from footfall.errors import AlreadyExists
from footfall.http.auth.access import Access
from footfall.http.framework.operation import (
    SITE_PATH,
    Call,
    Operation,
    creation,
    json_reply,
    no_content,
    removal,
)
from footfall.model import Site
from footfall.principal import READ
from footfall.times import utc
from footfall.validation import checked_site

PATH = "/api/analytics/sites"


class SiteView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A site as a reader sees it. Only its admins get its rules, which may contain addresses, and
    ``firstEvent``, the time (ISO 8601, UTC) of the oldest event that the log still has, null if it
    has none (only when a single site is read)."""

    id: str
    name: str
    public: bool
    public_history: bool
    public_visits: bool
    time_zone: str
    domains: tuple[str, ...] | UnsetType = UNSET
    aliases: tuple[str, ...] | UnsetType = UNSET
    exclude_paths: tuple[str, ...] | UnsetType = UNSET
    exclude_ips: tuple[str, ...] | UnsetType = UNSET
    honour_dnt: bool | UnsetType = UNSET
    first_event: str | UnsetType | None = UNSET


class NewSite(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    id: str
    name: str = ""
    domains: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    public: bool = False
    public_history: bool = False
    public_visits: bool = False
    time_zone: str = "UTC"
    exclude_paths: tuple[str, ...] = ()
    exclude_ips: tuple[str, ...] = ()
    honour_dnt: bool = True


class SiteChange(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """Only the given fields change; a given list replaces the old one."""

    name: str | UnsetType = UNSET
    domains: tuple[str, ...] | UnsetType = UNSET
    aliases: tuple[str, ...] | UnsetType = UNSET
    public: bool | UnsetType = UNSET
    public_history: bool | UnsetType = UNSET
    public_visits: bool | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    exclude_paths: tuple[str, ...] | UnsetType = UNSET
    exclude_ips: tuple[str, ...] | UnsetType = UNSET
    honour_dnt: bool | UnsetType = UNSET


async def list_sites(call: Call) -> Response:
    sites = call.access.readable(call.services.catalog.sites)
    return json_reply([_view(site, call.access) for site in sites])


async def add_site(call: Call) -> Response:
    new: NewSite = call.body
    values = msgspec.structs.asdict(new)
    site = checked_site(Site(**{**values, "name": new.name or new.id}))
    with _named_to(call.access):
        await call.services.catalog.put_site(site)
    return json_reply(_view(site, call.access), 201, {"location": f"{PATH}/{site.id}"})


async def read_site(call: Call) -> Response:
    view = _view(call.site, call.access)
    if call.access.may_admin(call.site.id):
        first = await call.services.event_log.first_event(call.site.id)
        first_event = None if first is None else utc(first // 1000)
        view = msgspec.structs.replace(view, first_event=first_event)
    return json_reply(view)


async def change_site(call: Call) -> Response:
    values = msgspec.structs.asdict(call.body)
    changes = {name: value for name, value in values.items() if value is not UNSET}

    def change(site: Site) -> Site:
        return checked_site(msgspec.structs.replace(site, **changes))

    with _named_to(call.access):
        site = await call.services.catalog.change_site(call.site.id, change)
    return json_reply(_view(site, call.access))


async def remove_site(call: Call) -> Response:
    """Its events are deleted in the background; nobody can read them any more."""
    await call.services.catalog.delete_site(call.site.id)
    return no_content()


@contextmanager
def _named_to(access: Access) -> Iterator[None]:
    """Say which site has a name already, to whoever administers that one too."""
    try:
        yield
    except AlreadyExists as error:
        if error.site is None or not access.may_admin(error.site):
            raise
        raise AlreadyExists(f"{error} (the site {error.site!r})", field=error.field) from None


def _view(site: Site, access: Access) -> SiteView:
    if not access.may_admin(site.id):
        return SiteView(
            id=site.id,
            name=site.name,
            public=site.public,
            public_history=site.public_history,
            public_visits=site.public_visits,
            time_zone=site.time_zone,
        )
    return SiteView(**msgspec.structs.asdict(site))


OPERATIONS = (
    Operation(
        method="GET",
        path=PATH,
        name="listSites",
        summary="The sites the caller may read",
        handler=list_sites,
        needs="own check",
        costs=READ,
        answer=list[SiteView],
        refusals=(401, 403),
    ),
    creation(
        path=PATH,
        name="addSite",
        summary="Add a site",
        handler=add_site,
        needs="admin",
        costs=READ,
        body=NewSite,
        answer=SiteView,
        refusals=(409,),
    ),
    Operation(
        method="GET",
        path=SITE_PATH,
        name="readSite",
        summary="One site",
        handler=read_site,
        needs="read",
        costs=READ,
        answer=SiteView,
    ),
    Operation(
        method="PATCH",
        path=SITE_PATH,
        name="changeSite",
        summary="Change the given fields, leave the rest",
        handler=change_site,
        needs="admin",
        costs=READ,
        body=SiteChange,
        answer=SiteView,
        refusals=(409,),
    ),
    removal(
        path=SITE_PATH,
        name="removeSite",
        summary="Remove a site with its goals, tokens and events",
        handler=remove_site,
        needs="admin",
        costs=READ,
    ),
)
