#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The HTML report in a real browser: it loads nothing, runs without an error, and does what its page offers.

    tests/html/page_test.py PADPROOF     from the project's root
"""

import pathlib
import subprocess
import sys
import tempfile

from browser import Browser

SOURCE = "testdata/exports/resnet50_same/model.onnx"
TARGET = "testdata/diff/symmetric_scrambled.onnx"
HOSTILE = "</script><script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">'&"
ROWS = "[...document.querySelectorAll('#layers-0 tbody tr[data-layer]')]"
SHOWN = f"{ROWS}.filter((row) => !row.hidden)"
failures = []


def check(what, got, wanted):
    if got != wanted:
        failures.append(f"{what}: got {got!r}, wanted {wanted!r}")


def report(padproof, arguments, path):
    subprocess.run([padproof, *arguments, "--report", path, "--quiet"], capture_output=True, check=False)
    text = pathlib.Path(path).read_text(encoding="utf-8")
    check("two megabytes", len(text) < 2_000_000, True)
    return path


def judge_quiet(browser, path, about):
    requests = [each["request"]["url"] for each in browser.told("Network.requestWillBeSent")]
    check(f"{about}: requests", [url for url in requests if not url.endswith(pathlib.Path(path).name)], [])
    check(f"{about}: exceptions", browser.told("Runtime.exceptionThrown"), [])
    check(f"{about}: console", browser.told("Runtime.consoleAPICalled") + browser.told("Log.entryAdded"), [])


def column(browser, index):
    return browser.ask(f"{SHOWN}.map((row) => row.cells[{index}].textContent)")


def test_table(browser, path):
    browser.open(path)
    check("only what differs at first", browser.ask(f"{SHOWN}.length"), 5)
    check("status line", browser.ask("document.querySelector('.tools output').textContent"), "5 of 54 shown")
    browser.ask("document.querySelector('.tools input[type=checkbox]').click()")
    check("all", browser.ask(f"{SHOWN}.length"), 54)
    heading = "document.querySelector('#layers-0').tHead.rows[0].cells[9]"
    browser.ask(f"{heading}.querySelector('button').click()")
    up = browser.ask(f"{SHOWN}.map((row) => Number(row.cells[9].dataset.v))")
    check("sorted by error", up, sorted(up))
    check("aria-sort", browser.ask(f"{heading}.getAttribute('aria-sort')"), "ascending")
    browser.ask(f"{heading}.querySelector('button').click()")
    down = browser.ask(f"{SHOWN}.map((row) => Number(row.cells[9].dataset.v))")
    check("sorted the other way", down, sorted(up, reverse=True))
    check("details stay with their rows",
          browser.ask(f"{ROWS}.every((row) => row.nextElementSibling.classList.contains('detail'))"), True)


def test_keyboard(browser, path):
    browser.open(path)
    browser.press("/", "Slash", "/")
    check("/ goes to the search", browser.ask("document.activeElement.type"), "search")
    browser.call("Input.insertText", text="MaxPool")
    check("found", column(browser, 2), ["MaxPool"])
    row = f"{SHOWN}[0]"
    browser.ask(f"{row}.querySelector('button').focus()")
    browser.press("Enter", text="\r")
    check("Enter opens", browser.ask(f"{row}.nextElementSibling.hidden"), False)
    check("four corners", browser.ask(f"{row}.nextElementSibling.querySelectorAll('.figures .figures svg').length"), 4)
    check("arrows", browser.ask(f"{row}.nextElementSibling.querySelectorAll('.arrow-head').length"), 4)
    check("shift in words", column(browser, 8), [" 1 up, 1 left"])
    check("shift drawn", browser.ask(f"{row}.cells[8].querySelector('g').getAttribute('transform')"), "rotate(-135)")
    check("heat", browser.ask(f"{row}.nextElementSibling.querySelectorAll('path.heat').length > 0"), True)
    # 32x32, kernel 3, stride 2: pads 0,0,1,1 begin at cell 0, pads 1,1,1,1 one before.
    taps = browser.ask(f"[...{row}.nextElementSibling.querySelector('svg').querySelectorAll('circle')].map((tap) => tap.cx.baseVal.value)")
    check("one cell apart", round(taps[0] - 2.5 * -1 - (taps[9] - 2.5)), 18)
    browser.press(" ", "Space", " ")
    check("Space closes", browser.ask(f"{row}.nextElementSibling.hidden"), True)


def test_media(browser, path):
    browser.open(path)
    paper = "getComputedStyle(document.body).backgroundColor"
    for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 29)")):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        check(scheme, browser.ask(paper), colour)
    browser.call("Emulation.setEmulatedMedia", media="print")
    check("paper is white", browser.ask(paper), "rgb(255, 255, 255)")
    check("no tools on paper", browser.ask("getComputedStyle(document.querySelector('.tools')).display"), "none")
    browser.call("Emulation.setEmulatedMedia", media="", features=[])
    browser.ask("window.dispatchEvent(new Event('beforeprint'))")
    check("all that differ are open", browser.ask(f"{SHOWN}.every((row) => !row.nextElementSibling.hidden)"), True)
    check("printed", len(browser.call("Page.printToPDF")["data"]) > 1000, True)
    browser.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
    check("no wider than a phone", browser.ask("document.documentElement.scrollWidth <= 390"), True)
    facts = "document.querySelector('.detail:not([hidden]) .facts').getBoundingClientRect()"
    check("details fit a phone", browser.ask(f"{facts}.left >= 0 && {facts}.right <= 390 && {facts}.width > 200"), True)
    figure = "[...document.querySelectorAll('.detail:not([hidden]) .facts svg')].map((svg) => svg.getBoundingClientRect().right)"
    check("figures fit a phone", max(browser.ask(figure)) <= 390, True)
    browser.call("Emulation.clearDeviceMetricsOverride")


def test_drawings(browser, path):
    """Both windows are on each drawing, whole, however far they reach, and so are input and padding."""
    browser.open(path)
    sides = ("{{ pads: {0}, kernel: {1}, strides: {2}, dilations: {3} }}")
    for about, size, kernel, strides, dilations, source, target, drawings in (
            ("one axis", [200], [9], [1], [8], [32, 32], [64, 0], 2),
            ("one short axis", [4], [3], [1], [1], [1, 1], [2, 0], 2),
            ("a large kernel", [48, 64], [31, 31], [1, 1], [1, 1], [15] * 4, [30, 30, 0, 0], 4),
            ("far apart", [500, 8], [3, 1], [1, 1], [200, 1], [200, 0, 200, 0], [400, 0, 0, 0], 4)):
        layer = (f"{{ size: {size}, kernel: {kernel}, source: {sides.format(source, kernel, strides, dilations)}, "
                 f"target: {sides.format(target, kernel, strides, dilations)} }}")
        shown = browser.ask(f"""[...drawPads({layer}).querySelectorAll('svg')].map((svg) => {{
            const {{ x, y, width, height }} = svg.viewBox.baseVal;
            const isInside = (rect) => rect.x.baseVal.value >= x && rect.x.baseVal.value + rect.width.baseVal.value <= x + width
              && rect.y.baseVal.value >= y + 18 && rect.y.baseVal.value + rect.height.baseVal.value <= y + height;
            const has = (kind) => svg.querySelectorAll(kind).length > 0;
            return ['.taps-source', '.taps-target', '.in', '.out', '.hatch'].every(has)
              && [...svg.querySelectorAll('rect')].every(isInside) && width <= 440 && height <= 456; }})""")
        check(f"drawing of {about}", shown, [True] * drawings)


def test_narrow(browser, padproof, folder):
    word = "w" * 200
    absent = f"{folder}/{word}.onnx"
    path = report(padproof, ["gate", "testdata/examples", absent, "testdata/exports/resnet50v2_static/model.onnx"],
                  f"{folder}/narrow.html")
    browser.open(path)
    check("counts of verdicts", browser.ask("document.querySelector('header .headline').textContent"),
          "error 7 models: 1 error, 3 passed, 3 refuted")
    browser.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
    check("many models fit a phone", browser.ask("document.documentElement.scrollWidth"), 390)
    browser.ask(f"document.querySelectorAll('.headline').forEach((line) => line.append({word!r}))")
    check("long words fit a phone", browser.ask("document.documentElement.scrollWidth"), 390)
    browser.call("Emulation.clearDeviceMetricsOverride")


def test_profile(browser, path):
    browser.open(path)
    check("dots", browser.ask("document.querySelectorAll('#layers-0-profile circle').length > 40"), True)
    check("first", browser.ask("document.querySelectorAll('#layers-0-profile .first').length"), 1)
    browser.ask("document.querySelectorAll('#layers-0-profile a')[1].dispatchEvent(new MouseEvent('click', {cancelable: true}))")
    check("leads to its layer", browser.ask("document.activeElement.closest('tr').id"), "layers-0-1")


def test_hostile(browser, padproof, folder):
    renamed = f"{folder}/hostile.onnx"
    data = pathlib.Path("testdata/examples/same_stride2.onnx").read_bytes()
    # A name of another length: the node's field and the graph's around it grow with it.
    subprocess.run([sys.executable, "-B", "tests/html/rename.py", renamed, HOSTILE], input=data, check=True)
    for arguments in (["gate", renamed], ["diff", renamed, "testdata/examples/shortcut_stride2.onnx"], ["inspect", renamed]):
        path = report(padproof, arguments, f"{folder}/hostile.html")
        browser.open(path)
        check(f"{arguments[0]}: not run", browser.ask("document.title").startswith(f"padproof {arguments[0]}"), True)
        check(f"{arguments[0]}: shown as text", browser.ask(f"document.body.innerText.includes({HOSTILE!r})"), True)
        judge_quiet(browser, path, f"hostile {arguments[0]}")


def test_commands(browser, padproof, folder):
    commands = [["inspect", "testdata/examples"], ["gate", "testdata/examples", "testdata/exports/resnet50v2_static/model.onnx"],
                ["gate", "--rules"], ["verify", "testdata/examples/same_stride2.onnx", "testdata/examples/shortcut_stride2.onnx"],
                ["convert", SOURCE, "-o", f"{folder}/explicit.onnx"], ["run", "testdata/examples/same.onnx"],
                ["gate", TARGET, "--baseline", SOURCE, "--input-shape", "image=1x64x64x3", "--samples", "1"],
                ["gate", f"{folder}/absent.onnx"]]
    for arguments in commands:
        path = report(padproof, arguments, f"{folder}/report.html")
        browser.open(path)
        judge_quiet(browser, path, " ".join(arguments))
        check(f"{arguments}: how to reproduce", browser.ask("document.querySelector('main > pre').textContent").startswith("padproof " + arguments[0]), True)


def main():
    padproof = sys.argv[1]
    browser = Browser()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = report(padproof, ["diff", SOURCE, TARGET, "--input-shape", "image=1x64x64x3"], f"{folder}/diff.html")
            for test in (test_table, test_keyboard, test_media, test_drawings, test_profile):
                test(browser, path)
                judge_quiet(browser, path, test.__name__)
            test_hostile(browser, padproof, folder)
            test_commands(browser, padproof, folder)
            test_narrow(browser, padproof, folder)
    finally:
        browser.close()
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"html: {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
