"""The test web is whole: what its feeds name exists or is a vice that expected.toml knows."""

import re
import tomllib
from pathlib import Path

from crawlers.newsstand_site import Request, load_sites
from warehouse.records import Outcome

WEB = Path(__file__).parent / "newsweb"


def expected():
    return tomllib.loads((WEB / "expected.toml").read_text(encoding="utf-8"))


def test_expected_outcomes_are_in_the_closed_list():
    for url, outcomes in expected().items():
        assert outcomes, url
        assert {Outcome(o) for o in outcomes}


def test_every_page_expected_to_land_is_served():
    sites = load_sites(WEB)
    for url, outcomes in expected().items():
        if outcomes != ["stored"] or "/chain" in url:
            continue
        host, target = re.match(r"http://([^/]+)(/.*)", url).groups()
        request = Request(method="GET", scheme="http", host=host, target=target, headers={})
        assert sites[host].answer(request, 1).status == 200, url


def test_each_source_has_its_host():
    sites = load_sites(WEB)
    sources = tomllib.loads((WEB / "sources.toml").read_text(encoding="utf-8"))["source"]
    for source in sources.values():
        assert source["home"].removeprefix("http://").rstrip("/") in sites
