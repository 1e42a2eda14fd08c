"""The reader of a page: their language, and their time zone, kept in a cookie that holds nothing else."""

from django.http import HttpRequest, HttpResponse

from .zones import current_name, zone_names

COOKIE = "cop_zone"
PARAMETER = "tz"
YEAR = 365 * 24 * 60 * 60


def zone(request: HttpRequest | None) -> str | None:
    """Return the reader's zone: that of `?tz=`, else that of the cookie; None if neither names a zone."""
    if request is None:
        return None
    names = (request.GET.get(PARAMETER, ""), request.COOKIES.get(COOKIE, ""))
    return next((current_name(name) for name in names if name in zone_names()), None)


def choose(request: HttpRequest, name: str) -> None:
    """Answer `request` in the zone `name` already."""
    request.COOKIES[COOKIE] = name


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Keep the zone `name` in the reader's browser; '' forgets it."""
    if name:
        response.set_cookie(
            COOKIE,
            current_name(name),
            max_age=YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
            path="/",
        )
    else:
        response.delete_cookie(COOKIE, path="/", samesite="Lax")
