"""The judge of Odoo's test log: only a run in which every addon was tested is green."""

import pytest

from bin.lib.odoo_log import judge

STAMP = "2026-11-23 05:40:00,123 4711"
END = f"{STAMP} {{}} test odoo.tests.result: {{}} when loading database 'test'"


def log(
    *lines,
    stats=("nfe_batch: 4 tests 1.20s 88 queries",),
    result="0 failed, 0 error(s) of 2 tests",
):
    level = "INFO" if result.startswith("0 failed, 0 error") else "ERROR"
    counted = [f"{STAMP} INFO test odoo.tests.stats: {line}" for line in stats]
    return "\n".join([*lines, *counted, END.format(level, result), ""])


def test_green_run():
    assert judge(log(), ["nfe_batch"]) == (2, 0, [])


def test_installed_addon_runs_no_test_and_fails():
    """Installing what is installed tests nothing, and Odoo ends with status 0."""
    content = log(stats=(), result="0 failed, 0 error(s) of 0 tests")
    passed, failed, why = judge(content, ["nfe_batch"])
    assert (passed, failed) == (0, 1)
    assert why == ["no test ran in nfe_batch"]


def test_one_addon_of_two_without_tests_fails():
    passed, failed, why = judge(log(), ["nfe_batch", "industry_b2c_sales"])
    assert failed == 1
    assert passed == 1
    assert why == ["no test ran in industry_b2c_sales"]


def test_similar_name_is_another_addon():
    content = log(stats=("industry_b2c_sales_nfe_batch: 4 tests 1.20s 88 queries",))
    _passed, failed, why = judge(content, ["nfe_batch"])
    assert failed == 1
    assert why == ["no test ran in nfe_batch"]


def test_failures_and_errors_are_counted_together():
    line = f"{STAMP} ERROR test odoo.addons.nfe_batch.tests.test_x: FAIL: TestX.test_a"
    content = log(line, result="1 failed, 2 error(s) of 10 tests")
    passed, failed, why = judge(content, ["nfe_batch"])
    assert (passed, failed) == (7, 3)
    assert why[0] == line


def test_error_in_the_log_fails_although_the_tests_passed():
    line = f"{STAMP} ERROR test odoo.sql_db: bad query: SELECT"
    assert judge(log(line), ["nfe_batch"])[1:] == (1, [line])


def test_library_that_debian_leaves_out_is_no_error():
    line = (
        f"{STAMP} ERROR test odoo.addons.base.models.assetsbundle: 'Could not get "
        "content for mail/static/lib/selfie_segmentation/selfie_segmentation.js.'"
    )
    assert judge(log(line), ["nfe_batch"]) == (2, 0, [])


def test_word_error_in_a_message_is_none():
    line = (
        f"{STAMP} INFO test odoo.addons.nfe_batch.models.document: ERROR 539 read back"
    )
    assert judge(log(line), ["nfe_batch"])[1] == 0


@pytest.mark.parametrize(
    "line",
    [
        "odoo.addons.nfe_batch.tests.test_x: skipped TestX.test_a : no browser",
        "odoo.tests.suite: skipped setUpClass (odoo.addons.nfe_batch.tests.test_x.X)"
        " : Chrome executable not found",
    ],
    ids=["test", "class"],
)
def test_skipped_is_not_passed(line):
    content = log(f"{STAMP} INFO test {line}")
    assert judge(content, ["nfe_batch"])[1] == 1


def test_business_message_about_skipping_is_fine():
    line = f"{STAMP} INFO test odoo.addons.nfe_batch.models.document: skipped 3 notes"
    assert judge(log(line), ["nfe_batch"])[1] == 0


def test_run_that_broke_off():
    content = log().splitlines()[0]
    passed, failed, why = judge(content, ["nfe_batch"])
    assert (passed, failed) == (0, 1)
    assert why[0] == "the run did not come to its end"


def test_empty_log():
    assert judge("", ["nfe_batch"])[:2] == (0, 1)
