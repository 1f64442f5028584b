"""The table of what a machine can do."""

import shutil
import socket

from course.lab import doctor, machine
from course.lab.doctor import Finding


def test_everything_that_the_course_uses_is_looked_at():
    looked_at = [finding.what for finding in doctor.report().findings]

    assert looked_at[:2] == ["Python", "system"]
    assert {"jupyterlab", "several loopback addresses", "IPv6 loopback", "/proc/net/tcp", "chromium"} <= set(looked_at)


def test_what_is_there_needs_no_advice_and_what_is_missing_does():
    for finding in doctor.report().findings:
        assert bool(finding.advice) == (finding.found in ("no", "missing"))


def test_the_facts_are_the_rows_of_the_report():
    facts = doctor.facts()

    assert [fact.what for fact in facts] == [finding.what for finding in doctor.report().findings]
    assert {"capture on lo", "capture in a network namespace of our own", "TCP_INFO"} <= {fact.what for fact in facts}


def test_where_nothing_is_permitted_the_way_to_get_it_is_told(monkeypatch):
    monkeypatch.setattr("course.real.capture.is_linux", lambda: False)

    findings = list(doctor.captures())
    assert [finding.what for finding in findings] == ["capture on lo", "capture in a network namespace of our own"]
    assert {finding.found for finding in findings} == {"no"}
    assert all("on Linux alone; take a capture that was recorded" in finding.advice for finding in findings)


def test_where_the_kernel_does_not_tell_that_is_said_once_for_its_settings(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "SYSCTL", tmp_path)
    monkeypatch.setattr(machine, "tcp_info_size", lambda: None)
    monkeypatch.setattr(machine, "connection", lambda: None)

    assert list(doctor.settings()) == [Finding("settings of TCP", "no", doctor.ONLY_LINUX)]
    assert [finding.found for finding in doctor.kernel()][1:] == ["no", "no"]


def test_the_settings_are_read_from_the_machine(monkeypatch, tmp_path):
    (tmp_path / "net/ipv4").mkdir(parents=True)
    (tmp_path / "net/ipv4/tcp_rmem").write_text("4096\t131072\t6291456\n")
    monkeypatch.setattr(machine, "SYSCTL", tmp_path)
    found = {finding.what: finding.found for finding in doctor.settings()}

    assert found["tcp_rmem (receive buffer: least, default, most)"] == "4096 131072 6291456"
    assert found["tcp_syn_linear_timeouts (SYN timeouts before they double)"] == "not in this kernel"


def test_a_missing_command_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    assert {finding.found for finding in doctor.commands()} == {"missing"}
    assert [finding.advice for finding in doctor.commands()][-1].endswith("apt-get install iproute2")


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
