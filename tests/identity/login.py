"""A real OpenID provider as a process of its own, and a person who signs in at it through its forms."""

import base64
import hashlib
import json
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.identity.world import AUDIENCE, DATASET, RESEARCHER, TERMS

SOURCES = Path(__file__).parent / "provider"
STATUS = {"type": "ResearcherStatus", "value": RESEARCHER, "by": "so"}
ACCEPTED = {"type": "AcceptedTermsAndPolicies", "value": TERMS, "by": "self"}
FACULTY = {"type": "AffiliationAndRole", "value": "faculty@snu.example", "by": "system"}
GRANT = {"type": "ControlledAccessGrants", "value": DATASET, "by": "dac"}


def install(folder: Path) -> Path:
    """The provider and what it needs, exactly as the lock file says; skips where there is no Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("no Node: install it, 20 or newer, with npm (Debian: apt-get install nodejs npm)")
    for source in SOURCES.iterdir():
        if source.is_file():
            shutil.copy(source, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@dataclass
class Provider:
    """The provider at a port, with its keys; `sign_in` goes the whole way of a person in a browser."""

    folder: Path
    port: int

    def __post_init__(self) -> None:
        self.rotate("first")
        self._write("visa-keys.json", ECKey.generate_key("P-256", {"kid": "visas", "use": "sig", "alg": "ES256"}))

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def visa_issuer(self) -> str:
        return f"{self.issuer}/visas"

    def rotate(self, name: str) -> None:
        """New keys for the next start; the old ones are gone."""
        self._write(
            "keys.json",
            ECKey.generate_key("P-256", {"kid": f"{name}-ec", "use": "sig", "alg": "ES256"}),
            RSAKey.generate_key(2048, {"kid": f"{name}-rsa", "use": "sig", "alg": "RS256"}),
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """The process, from when it answers until it is told to end."""
        settings = {
            "port": self.port, "keys": str(self.folder / "keys.json"),
            "visaKeys": str(self.folder / "visa-keys.json"),
            "passports": {"alice": [STATUS, ACCEPTED, FACULTY, GRANT], "bob": [STATUS, FACULTY]},
        }  # fmt: skip
        command = [str(shutil.which("node")), "server.mjs", json.dumps(settings)]
        log = self.folder / "provider.log"
        with (
            log.open("w") as written,
            subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=written, text=True) as process,
        ):
            assert process.stdout is not None
            try:
                while "ready" not in (line := process.stdout.readline()):
                    assert line, log.read_text()
                yield
            finally:
                process.kill()

    def sign_in(self, person: str, *, resource: str | None = AUDIENCE, client: str = "ES256") -> dict[str, str]:
        """What the token endpoint gives after the authorization code flow with PKCE."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": client, "response_type": "code", "redirect_uri": "http://127.0.0.1/callback",
            "scope": "openid count", "code_challenge": challenge, "code_challenge_method": "S256", "prompt": "consent",
            **({"resource": resource} if resource else {}),
        }  # fmt: skip
        with httpx2.Client(base_url=self.issuer) as browser:
            place = browser.get("/auth", params=asked).headers["location"]
            while not place.startswith("http://127.0.0.1/callback"):
                place = self._next(browser, place, person)
        (code,) = parse_qs(urlsplit(place).query)["code"]
        return self.token(client, grant_type="authorization_code", code=code, redirect_uri="http://127.0.0.1/callback",
                          code_verifier=verifier, **({"resource": resource} if resource else {}))  # fmt: skip

    def token(self, client: str, **form: str) -> dict[str, str]:
        """What the token endpoint gives a client that says who it is."""
        reply = httpx2.post(f"{self.issuer}/token", data=form, auth=(client, f"{client}-secret"))
        assert reply.status_code == 200, reply.text
        given: dict[str, str] = reply.json()
        return given

    def _next(self, browser: httpx2.Client, place: str, person: str) -> str:
        """Fill in the form of a page, or go where it points."""
        page = browser.get(place)
        if page.status_code == 303:
            return str(page.headers["location"])
        assert page.status_code == 200, page.text
        (prompt,) = re.findall(r'name="prompt" value="(\w+)"', page.text)
        (action,) = re.findall(r'action="([^"]+)"', page.text)
        form = {"prompt": prompt, **({"login": person, "password": "any"} if prompt == "login" else {})}
        return str(browser.post(action, data=form).headers["location"])

    def _write(self, name: str, *keys: ECKey | RSAKey) -> None:
        listed = {"keys": [key.as_dict(private=True) for key in keys]}
        (self.folder / name).write_text(json.dumps(listed))
