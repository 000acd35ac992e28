import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item, call):
    open("/tmp/epochmark-was-here", "w").close()


open("/tmp/epochmark-was-here", "w").close()
print("PWN" "ED: ran")
