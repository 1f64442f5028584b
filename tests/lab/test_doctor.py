"""The table of what a machine can do."""

import shutil
import socket

from course.lab import doctor, machine
from course.lab.doctor import MISSING, Finding


def test_everything_that_the_course_uses_is_looked_at():
    looked_at = [fact.what for fact in doctor.facts()]

    assert looked_at[:2] == ["Python", "system"]
    assert {"jupyterlab", "several loopback addresses", "IPv6 loopback", "/proc/net/tcp", "chromium"} <= set(looked_at)
    assert {"capture on lo", "capture in a network namespace of our own", "TCP_INFO"} <= set(looked_at)


def test_what_is_missing_has_a_remark_and_stands_out():
    report = doctor.as_table(
        "", [Finding("this", "yes"), Finding("that", "no", "get it"), Finding("it", "missing", "so")]
    )

    assert report.marked == {1, 2}
    assert all(fact.remark for fact in doctor.facts() if fact.found in MISSING)


def test_the_report_is_a_table_of_the_facts():
    report = doctor.report()

    assert [row[0] for row in report.rows] == [fact.what for fact in doctor.facts()]
    assert len(report.columns) == 3


def test_what_a_student_needs_to_know_fits_on_a_page_and_says_where_the_rest_is():
    short = doctor.summary()

    assert 7 <= len(short.rows) <= 10
    assert {"IPv6 loopback", "states of real connections", "segments of real connections"} <= {
        row[0] for row in short.rows
    }
    assert "doctor.report()" in short.note


def test_a_machine_that_permits_nothing_is_told_what_there_is_instead(monkeypatch):
    monkeypatch.setattr("course.real.capture.is_linux", lambda: False)
    monkeypatch.setattr(machine, "connection", lambda: None)
    monkeypatch.setattr(doctor, "can_listen", lambda family, address: False)
    short = doctor.summary()

    assert [row[:2] for row in short.rows][3:7] == [
        ("several loopback addresses", "no"),
        ("IPv6 loopback", "no"),
        ("states of real connections", "no"),
        ("segments of real connections", "no"),
    ]
    assert "there are recorded ones" in repr(short)


def test_where_nothing_is_permitted_the_way_to_get_it_is_told(monkeypatch):
    monkeypatch.setattr("course.real.capture.is_linux", lambda: False)

    findings = list(doctor.captures())
    assert [finding.what for finding in findings] == ["capture on lo", "capture in a network namespace of our own"]
    assert {finding.found for finding in findings} == {"no"}
    assert all("on Linux alone; take a capture that was recorded" in finding.remark for finding in findings)


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

    assert found["tcp_rmem"] == "4096 131072 6291456"
    assert found["tcp_syn_linear_timeouts"] == "not in this kernel"
    assert all(finding.remark for finding in doctor.settings())


def test_a_missing_command_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    assert {finding.found for finding in doctor.commands()} == {"missing"}
    assert [finding.remark for finding in doctor.commands()][-1].endswith("apt-get install iproute2")


def test_a_missing_package_is_named_with_the_way_to_get_it():
    (finding,) = doctor.packages(["no-such-package"])
    assert finding.found == "missing"
    assert 'pip install ".[lab]"' in finding.remark


def test_a_missing_browser_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    assert doctor.browser() == Finding("chromium", "missing", "only tests need it: apt-get install chromium")


def test_an_address_that_is_not_this_machines_cannot_be_listened_on():
    assert doctor.can_listen(socket.AF_INET, "127.0.0.1")
    assert not doctor.can_listen(socket.AF_INET, "192.0.2.1")
