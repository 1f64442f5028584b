"""The table of what a machine can do."""

import shutil
import socket

from course.lab import doctor
from course.lab.doctor import Finding


def test_everything_that_the_course_uses_is_looked_at():
    looked_at = [finding.what for finding in doctor.report().findings]

    assert looked_at[:2] == ["Python", "system"]
    assert {"jupyterlab", "several loopback addresses", "IPv6 loopback", "/proc/net/tcp", "chromium"} <= set(looked_at)


def test_what_is_there_needs_no_advice_and_what_is_missing_does():
    for finding in doctor.report().findings:
        assert bool(finding.advice) == (finding.found in ("no", "missing"))


def test_a_missing_package_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(doctor, "IN_THE_LAB", ("no-such-package",))

    (finding,) = doctor.packages()
    assert finding.found == "missing"
    assert 'pip install ".[lab]"' in finding.advice


def test_a_missing_browser_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    assert doctor.browser() == Finding("chromium", "missing", "only tests need it: apt-get install chromium")


def test_an_address_that_is_not_this_machines_cannot_be_listened_on():
    assert doctor.can_listen(socket.AF_INET, "127.0.0.1")
    assert not doctor.can_listen(socket.AF_INET, "192.0.2.1")


def test_the_table_has_three_columns():
    report = doctor.Report((Finding("long name", "yes"), Finding("<x>", "no", "get it")))

    assert repr(report).splitlines() == ["long name  yes", "<x>        no   get it"]
    assert "<td>&lt;x&gt;</td><td>no</td><td>get it</td>" in report._repr_html_()
