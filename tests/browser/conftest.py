"""One report of a stored run, and one browser that shows it."""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from handoff.commands import report
from handoff.host.build import ROOT
from handoff.proofs import record as proof_record, table as proof_table
from handoff.report import summary
from handoff.report.evidence import Evidence
from handoff.run import results

# Nothing here passes or fails by how fast a machine is: what takes longer hangs.
HANG_S = 120
# What the page unpacks is on it.
READY = "return document.documentElement.dataset.ready || !document.getElementById('answers')"


@dataclass(frozen=True)
class Stored:
    """A run with its report, and what its verdicts are decided from."""

    page: Path
    evidence: Evidence
    proofs: proof_table.ProofTable

    def answers(self) -> dict[str, Any]:
        """What the page carries for its picker and its pairs."""
        element = re.search(r'id="answers">([^<]*)<', self.page.read_text(encoding="utf-8"))
        assert element is not None
        told: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(element[1])))
        return told


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    folder = tmp_path_factory.mktemp("browser") / "run"
    shutil.copytree(
        ROOT / "reports" / "reference", folder, ignore=shutil.ignore_patterns("figures", "report.*")
    )
    record = proof_record.load(ROOT / proof_record.DEFAULT)
    page = report.write(folder, record)
    run = results.load(folder)
    return Stored(page, Evidence(run), proof_table.of_runs(record, ROOT, [summary.build(run)]))


class Browser:
    """A page in a window."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def size(self, width: int, height: int, dark: bool = False) -> None:
        phone = width < 600
        shape = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def open(self, page: Path, state: str = "", scripted: bool = True) -> None:
        # A page that differs in what is behind the # is not loaded anew.
        self.driver.get("about:blank")
        self.driver.get(page.as_uri() + (f"#{state}" if state else ""))
        if scripted:
            self.wait(READY)

    def wait(self, script: str) -> None:
        """Until it returns what is true."""
        WebDriverWait(self.driver, HANG_S).until(lambda _: self.run(script))

    def said(self) -> list[dict[str, Any]]:
        """What stands on the console since this was asked last."""
        return list(self.driver.get_log("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_page_load_timeout(HANG_S)
    driver.set_script_timeout(HANG_S)
    try:
        yield Browser(driver)
    finally:
        driver.quit()


@pytest.fixture(scope="session")
def drawn() -> random.Random:
    seed = int(os.environ.get("HANDOFF_SEED", random.SystemRandom().randrange(2**32)))
    print(f"HANDOFF_SEED={seed}")
    return random.Random(seed)
