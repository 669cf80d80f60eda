"""Passwords never leave: one place that takes them out of any text.

:class:`Mask` knows the shapes in which a password is written (a URL, a libpq string, a query
parameter, a keyword, SQL) and learns the real ones of the project at hand, raw and percent-encoded,
so that a driver which repeats one in a sentence of its own is covered too. It does not look for
secrets that are no connection passwords (API keys, row values).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, unquote_plus

if TYPE_CHECKING:
    from sqlalchemy import URL

STARS = "***"

# scheme://user:password@host, where the password may itself hold an unescaped "@", "/" or quote:
# what counts is the last "@" before white space.
_URL = re.compile(r"(?P<scheme>[a-zA-Z][\w+.-]*://)(?P<user>[^\s:/@]*):(?P<rest>\S*)@")
# The same where a whole line is at hand, as in a config file: there it may hold a space too.
_URL_IN_LINE = re.compile(
    r"(?P<scheme>[a-zA-Z][\w+.-]*://)(?P<user>[^\s:/@]*):(?P<rest>[^\r\n]*)@(?P<host>\S*)"
)
_KEYWORD = re.compile(
    r"(?P<key>(?:\b|_)(?:password|passwd|pwd|sslpassword|pgpassword)\b['\"]?\s*[=:]\s*)"
    r"(?P<value>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\{[^{}\n]*\}|[^\s&;,'\"()]+)",
    re.IGNORECASE,
)
# "odbc_connect=DRIVER%3Dx%3BPWD%3Dsecret%3B": an ODBC string inside of a URL, and in an ini file.
_ENCODED = re.compile(
    r"(?P<key>(?:password|passwd|pwd)(?:\+|%{1,2}20)*%{1,2}3D)"
    r"(?P<value>%{1,2}7B(?:(?!%{1,2}7D)[^\s&'\"])*(?:%{1,2}7D)?"
    r"|(?:(?!%{1,2}3B)[^\s&;'\"])+)",
    re.IGNORECASE,
)
# "ALTER ROLE app PASSWORD 'x'", "CREATE USER app IDENTIFIED BY 'x'",
# and not Alembic's "Can't locate revision identified by 'x'".
_SQL = re.compile(
    r"(?P<key>\b(?:PASSWORD|(?<!revision )IDENTIFIED\s+BY)\s+)'(?:[^'\\]|''|\\.)*(?:'|$)",
    re.IGNORECASE,
)
# configparser repeats what follows a "%" that is not doubled: the end of a password, as a rule.
_INTERPOLATION = re.compile(r"(?P<key>must be followed by '%' or '\(', found: ).*")
# A word of each pattern above: a report of thousands of findings is asked five times less.
_MAY_HOLD_ONE = re.compile("://|passw|pwd|identified|must be followed", re.IGNORECASE)
_HOST = re.compile(r"[^\s/:?#'\"]*")
_SEPARATORS = re.compile(r"[@:/?]")
_PLACEHOLDER = "driver://"
"""The scheme that ``alembic init`` writes, with a user and a password that are nobody's."""
_SHORTEST = 4
"""Characters: a learned password shorter than this is masked only in a URL or beside its keyword,
for as a bare word it would blot out ordinary text."""


class Mask:
    """Takes passwords out of text.

    :param urls: connection strings whose passwords are to be known from the start.
    """

    def __init__(self, urls: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        for url in urls:
            self.learn_from(url)

    def learn_from(self, text: str) -> None:
        """Know every password written in a text: a connection string, a config file.

        A password that is also the user, the database or the driver of its own URL
        (``postgres:postgres@``) is no secret as a word, and is masked in its place only.
        """
        for url in _URL_IN_LINE.finditer(text):
            if url["scheme"] != _PLACEHOLDER and not _said_openly(url):
                self.learn(url["rest"])
                # an "@" that should be %40: drivers take what follows it for the host
                for part in url["rest"].split("@")[1:]:
                    self.learn(part)
                self._learn_misread(url["rest"], url["host"])
        for keyword in _KEYWORD.finditer(text):
            self.learn(_unquoted(keyword["value"]))
        for encoded in _ENCODED.finditer(text):
            self.learn(encoded["value"])

    def _learn_misread(self, password: str, behind: str) -> None:
        """Know the ends of a password that a driver takes for the beginning of its host."""
        host = _HOST.match(behind)
        for sign in _SEPARATORS.finditer(password):
            end = password[sign.end() :]
            self.learn(f"{end}@{host[0] if host else ''}")
            part = _SEPARATORS.split(end)[0]
            self._known |= {f"'{part}'", f'"{part}"'} if part else set()

    def learn_url(self, url: URL) -> None:
        """Know the password of an engine's URL, as :meth:`learn_from` does."""
        self.learn_from(url.render_as_string(hide_password=False))

    def learn(self, password: str | None) -> None:
        """Know a password: as it is, percent-encoded and decoded, with its ``%`` doubled."""
        if not password:
            return
        for given in (password, password.replace("%%", "%")):
            for plain in (given, unquote(given), unquote_plus(given)):
                forms = {plain, quote(plain, safe=""), quote_plus(plain), quote(plain)}
                forms |= {form.replace("%", "%%") for form in forms} | {repr(plain)[1:-1]}
                self._known |= {form for form in forms if len(form) >= _SHORTEST}

    def __call__(self, text: str) -> str:
        """The text with each password replaced by three stars."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, STARS)
        if not _MAY_HOLD_ONE.search(text):
            return text
        text = _URL.sub(lambda url: f"{url['scheme']}{url['user']}:{STARS}@", text)
        text = _KEYWORD.sub(lambda match: f"{match['key']}{STARS}", text)
        text = _ENCODED.sub(lambda match: f"{match['key']}{STARS}", text)
        text = _SQL.sub(lambda match: f"{match['key']}'{STARS}'", text)
        return _INTERPOLATION.sub(lambda match: f"{match['key']}{STARS}", text)


def _said_openly(url: re.Match[str]) -> bool:
    """Whether the password is a word that the rest of the URL says as well."""
    others = re.split(r"[^\w]+", f"{url['scheme']} {url['host']}")
    return unquote(url["rest"]) in {unquote(url["user"]), *others}


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] in "'\"" and value[0] == value[-1]
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if quoted else value
