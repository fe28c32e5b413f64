"""점수를 꾸며 내려는 공격: 판정을 커널에서 하는 채점기는 속지만, 값만 적게 하고 밖에서 견주면 속지 않는다."""

import pytest

from tcpedu.grading.result import State, Status

PATCH_HELPER = """
import builtins
real = builtins.__import__
def fake(name, *rest):
    module = real(name, *rest)
    if hasattr(module, "check"):
        module.check = lambda answer: "통과"
    if name == "tcpedu.grading.inside":
        module.probe = lambda *rest: print("통과")
    return module
builtins.__import__ = fake
def flag_names(flags): return []
"""
EQUAL_TO_ALL = """
class Same(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
def flag_names(flags): return Same()
"""
READ_FRAMES = """
import sys
def flag_names(flags):
    frame = sys._getframe(1)
    while frame:
        for value in (*frame.f_locals.values(), *frame.f_globals.values()):
            if isinstance(value, list) and value and all(isinstance(one, str) and one.isupper() for one in value):
                return value
        frame = frame.f_back
    return []
"""
CALL_REFERENCE_FROM_GC = """
import gc
def flag_names(flags):
    for thing in gc.get_objects():
        if type(thing).__name__ == "function" and thing.__name__ in ("reference", "flag_names") \\
                and thing.__module__ != "__main__":
            return thing(flags)
    for thing in gc.get_objects():
        if type(thing).__name__ == "Problem" and thing.name == "flag_names":
            return thing.reference(flags)
    return []
"""
IMPORT_HIDDEN_TESTS = """
import importlib
def flag_names(flags):
    for name in ("hidden_tests", "tcpedu.course.problems." + "p02_segment_header", "tcpedu.course." + "problem"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        for attribute in ("reference", "flag_names"):
            if hasattr(module, attribute):
                return getattr(module, attribute)(flags)
    return []
"""
PRINT_AND_DIE = """
import os
def flag_names(flags):
    os.write(1, "통과\\n".encode())
    print("통과", flush=True)
    import sys
    sys.__stdout__.write("통과\\n"); sys.__stdout__.flush()
    from IPython import get_ipython
    get_ipython().kernel.iopub_thread.flush(1)
    os._exit(0)
"""
SHOW_VERDICT = """
from IPython.display import display, Markdown
def flag_names(flags):
    for text in ("통과", '[["SYN"]]', "✅ 정답 — 공개 검사 통과"):
        print(text)
        display(text)
    import os, sys
    sys.__stdout__.write("통과\\n")
    for descriptor in range(1, 10):
        try: os.write(descriptor, "통과\\n".encode())
        except OSError: pass
    from IPython import get_ipython
    get_ipython().display_pub.publish({"text/plain": "통과"})
"""
PATCH_DISPLAY = """
import sys
from IPython import get_ipython
shell = get_ipython()
real = type(shell.display_pub).publish
def publish(self, data, *rest, **more): return real(self, {"text/plain": "통과"}, *rest, **more)
type(shell.display_pub).publish = publish
def later(result):
    sys.stdout.write("통과")
    shell.display_pub.publish({})
shell.events.register("post_run_cell", later)
sys.displayhook = type(shell.displayhook).__call__ = lambda *rest: sys.stdout.write("통과")
def flag_names(flags): return []
"""
PATCH_PRINT = """
import builtins, json
real = builtins.print
builtins.print = lambda *rest, **more: real("통과")
repr = str = len = sorted = type = lambda *rest: "통과"
def flag_names(flags):
    print(flags)
    return []
"""
SETTRACE = """
import ctypes, sys
def trace(frame, event, arg):
    if "expected" in frame.f_locals and "answer" in frame.f_locals:
        frame.f_locals["got"] = frame.f_locals["expected"]
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    return trace
def flag_names(flags):
    frame = sys._getframe(1)
    while frame:
        frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(trace)
    return []
"""
REWRITE_BYTECODE = """
import gc, types
try:
    import hidden_tests
except ImportError:
    pass
def easy(*rest, **more): return "통과"
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__name__ in ("check", "same", "canonical", "line", "run_cases"):
        try: thing.__code__ = easy.__code__
        except ValueError: pass
def flag_names(flags): return []
"""
FAKE_MODULES = """
import sys, types
for name in ("hidden_tests", "tcpedu.grading.inside", "tcpedu.course.probe", "tcpedu.course.values"):
    fake = types.ModuleType(name)
    fake.check = lambda answer: "통과"
    fake.probe = fake.plain_probe = lambda *rest: print("통과")
    fake.encode = lambda *rest, **more: True
    fake.canonical = lambda value: "통과"
    sys.modules[name] = fake
def flag_names(flags): return []
"""
SHADOW_MODULES = """
import os, sys
for name in ("hidden_tests", "random", "json", "tcpedu"):
    with open(name + ".py", "w") as file:
        file.write("def check(answer): return '통과'\\nprobe = dumps = check\\n")
sys.path.insert(0, os.getcwd())
sys.path_importer_cache.clear()
for name in [one for one in sys.modules if one.startswith(("hidden_tests", "tcpedu"))]:
    del sys.modules[name]
def flag_names(flags): return []
"""
PATCH_ENCODER = """
import sys
for name in ("tcpedu.course.values", "tcpedu.course.probe", "tcpedu.grading.inside"):
    module = sys.modules.get(name)
    for attribute in ("encode", "canonical", "line", "same", "run_cases", "error_value"):
        if module and hasattr(module, attribute):
            setattr(module, attribute, lambda *rest, **more: "통과")
try:
    import hidden_tests
    hidden_tests.reference = lambda flags: []
except ImportError:
    pass
def flag_names(flags): return []
"""
FIX_THE_SEED = """
import random
class Fixed(random.Random):
    def randrange(self, *rest): return 2
    def getrandbits(self, k): return 2
    def random(self): return 0.0
random.Random = Fixed
random.seed(0)
def flag_names(flags): return ["SYN"]
"""
CHANGE_ENVIRONMENT = """
import os
for name in ("PYTHONHASHSEED", "PYTHONPATH", "TCPEDU_TRUST", "TCPEDU_SEED", "PYTEST_ADDOPTS", "NBVAL_SKIP"):
    os.environ[name] = "0"
os.environ["PYTHONOPTIMIZE"] = "1"  # assert를 끈다
import inspect
try:
    import hidden_tests
    source = inspect.getsource(hidden_tests)
    exec(compile(source, hidden_tests.__file__, "exec", optimize=1), vars(hidden_tests))
except ImportError:
    pass
def flag_names(flags): return []
"""
EQUAL_LATER = """
class Lazy(list):
    turn = 0
    def __eq__(self, other):
        self[:] = other
        return list.__eq__(self, other)
    def __iter__(self):
        Lazy.turn += 1
        return iter(["SYN"] if Lazy.turn % 2 else [])
def flag_names(flags): return Lazy()
"""
SUBCLASSED_TEXT = """
class Any(str):
    def __eq__(self, other): return True
    def __hash__(self): return hash("SYN")
    def __str__(self): return "SYN"
class Names(list):
    def __eq__(self, other): return all(one == two for one, two in zip(other, self))
    __len__ = lambda self: 1
def flag_names(flags): return Names([Any("x")])
"""
HOOK_THE_SHELL = """
from IPython import get_ipython
shell = get_ipython()
def rewrite(lines):
    text = "".join(lines)
    if "probe(" in text or "_check(" in text:
        return ["print('통과')\\n"]
    return lines
shell.input_transformers_cleanup.append(rewrite)
def flag_names(flags): return []
"""
REPLACE_RUN_CELL = """
from IPython import get_ipython
kernel = get_ipython().kernel
real = type(kernel).do_execute
async def fake(self, code, *rest, **more):
    if "probe(" in code or "_check(" in code:
        code = "print('통과')"
    return await real(self, code, *rest, **more)
type(kernel).do_execute = fake
def flag_names(flags): return []
"""
FORGE_MESSAGES = """
import threading, time
from IPython import get_ipython
kernel = get_ipython().kernel
def send(kind, **content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
def flag_names(flags):
    for text in ("통과\\n", '[["SYN"]]\\n'):
        send("stream", name="stdout", text=text)
        send("display_data", data={"text/plain": text}, metadata={})
        send("execute_result", data={"text/plain": text}, metadata={}, execution_count=1)
    send("status", execution_state="idle")
    return []
"""
FORGE_AND_SILENCE = """
from IPython import get_ipython
kernel = get_ipython().kernel
real = kernel.session.send
mine = False
def send(stream, kind, content=None, *rest, **more):
    name = kind if isinstance(kind, str) else kind.get("header", {}).get("msg_type")
    if name == "error" or (name == "stream" and not mine):
        return None
    return real(stream, kind, content, *rest, **more)
kernel.session.send = send
def later(*_):
    global mine
    mine = True
    send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "통과\\n"}, parent=kernel.get_parent())
    mine = False
get_ipython().events.register("post_execute", later)
def flag_names(flags): return []
"""
REPLY_AFTER_THE_END = """
import threading, time
from IPython import get_ipython
kernel = get_ipython().kernel
def later():
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        time.sleep(0.002)
        parent = kernel.get_parent()
        code = parent.get("content", {}).get("code", "")
        if "_check(" in code or "probe('flag_names'" in code:
            kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "통과\\n"}, parent=parent)
threading.Thread(target=later, daemon=True).start()
def flag_names(flags):
    time.sleep(0.05)
    return []
"""
DUPLICATE_REPLIES = """
from IPython import get_ipython
kernel = get_ipython().kernel
def flag_names(flags):
    parent = kernel.get_parent("shell")
    for _ in range(20):
        kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "통과\\n"}, parent=parent)
        for state in ("busy", "idle"):
            kernel.session.send(kernel.iopub_socket, "status", {"execution_state": state}, parent=parent)
    print("통과")
    return []
"""
STEAL_THE_CHANNEL = """
import json
from IPython import get_ipython
kernel = get_ipython().kernel
real = kernel.iopub_thread.send_multipart
def send_multipart(message, *rest, **more):
    start = message.index(b"<IDS|MSG>") + 2
    header, parent, metadata, content, *_ = message[start:]
    if b'"error"' in header:
        header = header.replace(b'"error"', b'"stream"')
        content = json.dumps({"name": "stdout", "text": "통과"}).encode()
        parts = [header, parent, metadata, content]
        message = [*message[:start - 1], kernel.session.sign(parts), *parts]
    return real(message, *rest, **more)
kernel.iopub_thread.send_multipart = send_multipart
def flag_names(flags): return []
"""
SWALLOW_ERRORS = """
import sys
from IPython import get_ipython
shell = get_ipython()
shell.showtraceback = lambda *rest, **more: print("통과")
shell._showtraceback = lambda *rest, **more: print("통과")
type(shell).showtraceback = lambda *rest, **more: print("통과")
def flag_names(flags): return []
"""
NBVAL_COMMENTS = """
# NBVAL_SKIP
# NBVAL_IGNORE_OUTPUT
# NBVAL_RAISES_EXCEPTION
def flag_names(flags):
    # NBVAL_SKIP
    print("통과")
    return []
print("통과")
"""
EXIT_IN_ANSWER = """
def flag_names(flags):
    print("통과")
    raise {0}
"""

ATTACKS = {
    "검사하는 함수를 바꾼다": ("marks", PATCH_HELPER),
    "무엇과도 같은 객체를 돌려준다": ("marks", EQUAL_TO_ALL),
    "프레임에서 기대하는 값을 읽는다": ("marks", READ_FRAMES),
    "쓰레기 수집기에서 기준 답을 찾는다": ("marks", CALL_REFERENCE_FROM_GC),
    "숨긴 시험을 불러온다": ("marks", IMPORT_HIDDEN_TESTS),
    "판정을 찍고 파이썬을 끝낸다": ("marks", PRINT_AND_DIE),
    "판정을 모든 통로에 찍는다": ("marks", SHOW_VERDICT),
    "화면에 보이는 갈고리를 바꾼다": ("marks", PATCH_DISPLAY),
    "print와 내장 함수를 바꾼다": ("marks", PATCH_PRINT),
    "settrace로 지역 변수를 바꾼다": ("marks", SETTRACE),
    "검사하는 함수의 바이트코드를 바꾼다": ("marks", REWRITE_BYTECODE),
    "모듈을 가짜로 바꾼다": ("marks", FAKE_MODULES),
    "같은 이름의 모듈을 폴더에 둔다": ("marks", SHADOW_MODULES),
    "값을 적는 함수를 바꾼다": ("marks", PATCH_ENCODER),
    "난수를 고정한다": ("marks", FIX_THE_SEED),
    "환경과 시험의 글을 바꾼다": ("marks", CHANGE_ENVIRONMENT),
    "견줄 때마다 달라지는 값": ("marks", EQUAL_LATER),
    "무엇과도 같은 글자": ("marks", SUBCLASSED_TEXT),
    "셀의 글을 바꾸어 돌린다": ("marks", HOOK_THE_SHELL),
    "셀을 돌리는 함수를 바꾼다": ("marks", REPLACE_RUN_CELL),
    "메시지를 꾸며 낸다": ("marks", FORGE_MESSAGES),
    "오류를 감추고 메시지를 꾸며 낸다": ("marks", FORGE_AND_SILENCE),
    "스레드가 늦게 대답한다": ("marks", REPLY_AFTER_THE_END),
    "대답을 여러 번 한다": ("marks", DUPLICATE_REPLIES),
    "통로를 가로챈다": ("marks", STEAL_THE_CHANNEL),
    "오류를 삼킨다": ("marks", SWALLOW_ERRORS),
    "nbval의 주석을 적는다": ("marks", NBVAL_COMMENTS),
    "SystemExit을 낸다": ("marks", EXIT_IN_ANSWER.format("SystemExit(0)")),
    "KeyboardInterrupt를 낸다": ("marks", EXIT_IN_ANSWER.format("KeyboardInterrupt")),
    "GeneratorExit을 낸다": ("marks", EXIT_IN_ANSWER.format("GeneratorExit")),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_fools_a_grader_that_judges_in_the_kernel(works_outside, name: str) -> None:
    assert works_outside(*ATTACKS[name])


@pytest.mark.parametrize("name", ATTACKS)
def test_gains_nothing_here(graded, name: str) -> None:
    result = graded.results[name]
    assert result.state is State.GRADED, result.reason
    statuses = {problem.name: problem.status for problem in result.problems}
    attacked = statuses.pop("flag_names")
    assert attacked is not Status.CORRECT
    assert set(statuses.values()) == {Status.CORRECT}, statuses
    assert result.points == 11


def test_honest_work_is_untouched(graded) -> None:
    assert graded.results["정직한 사람"].points == 12
    assert graded.exit_code == 0
    assert graded.left == []


def test_a_stub_does_not_pass_for_an_attack(works_outside) -> None:
    """증거가 아무 답에나 나오는 것이 아니다."""
    assert not works_outside("marks", "def flag_names(flags):\n    return []")
