"""Seeded random calls of vectorbt's Portfolio.from_orders and from_signals with the orders they led to, in the shape of test/reference.

Usage: vectorbt_orders.py SEED COUNT FILE, in a Python with `vectorbt` installed: COUNT calls of each of three kinds (orders; signals;
signals with stops).
"""

import json
import math
import random
import sys

import numpy as np
import pandas as pd
import vectorbt as vbt

R = random.Random(int(sys.argv[1]))
NAN, INF = float("nan"), float("inf")


def chance(p):
    return R.random() < p


def number(x):
    if isinstance(x, (bool, np.bool_)):
        return bool(x)
    if isinstance(x, str):
        return x
    x = float(x)
    return {"inf": "inf", "-inf": "-inf", "nan": "nan"}.get(str(x), float(f"{x:.12g}"))


def encoded(a):
    return {"rows": [[number(x) for x in row] for row in a]} if isinstance(a, list) and isinstance(a[0], list) else number(a)


def table(rows, columns, cell):
    return [[cell(i, c) for c in range(columns)] for i in range(rows)]


def closes(rows, columns):
    start, volatility = [R.uniform(0.5, 120) for _ in range(columns)], R.choice([0.02, 0.08, 0.3])
    out = []
    for _ in range(rows):
        out.append([round(x, 3) for x in start])
        start = [max(0.05, x * math.exp(R.gauss(0, volatility))) for x in start]
    return out


def shared_params(close, cash):
    columns = len(close[0])
    near = lambda spread: table(len(close), columns, lambda i, c: round(close[i][c] * R.uniform(1 - spread, 1 + spread), 3))
    p = {}
    if chance(0.25):
        p["price"] = R.choice([INF, -INF, near(0.03)])
    if chance(0.2):
        p["val_price"] = R.choice([INF, -INF, near(0.05)])
    for name, share, values in [
        ("fees", 0.4, [0.001, 0.01, 0.1]),
        ("fixed_fees", 0.25, [0.1, 1.0]),
        ("slippage", 0.3, [0.001, 0.01, 0.1]),
        ("min_size", 0.15, [round(R.uniform(0, 2) * cash / 20, 2)]),
        ("max_size", 0.15, [round(R.uniform(0.1, 2) * cash / 20 + 0.01, 2)]),
        ("size_granularity", 0.15, [1.0, 0.1, 0.01, 0.25]),
        ("lock_cash", 0.2, [True, False]),
        ("allow_partial", 0.2, [True, False]),
        ("update_value", 0.15, [True, False]),
        ("ffill_val_price", 0.05, [False]),
    ]:
        if chance(share):
            p[name] = R.choice(values)
    if columns > 1 and chance(0.6):
        p.update(group_by=[0] * columns if chance(0.6) else [0] * (columns - 1) + [1], cash_sharing=True)
        p["call_seq"] = R.choice(["default", "reversed", "auto"])
    return p


def from_orders():
    close, cash = closes(R.randint(4, 8), R.choice([1, 1, 2, 3])), round(R.uniform(10, 5000), 2)
    kind = R.choice(["amount", "value", "targetamount", "targetvalue", "targetpercent", "percent"])

    def size(i, c):
        if chance(0.3):
            return NAN
        if kind in ("amount", "value") and chance(0.15):
            return R.choice([INF, -INF])
        share = R.choice([1, -1]) * round(R.uniform(0.01, 1 if kind == "percent" else 1.3), 2)
        if kind in ("percent", "targetpercent"):
            return share
        return round(share * cash / (1 if "value" in kind else close[i][c]), R.choice([1, 4]))

    return {
        "method": "from_orders",
        "direction": R.choice(["longonly", "shortonly", "both"]),
        "close": close,
        "size": table(len(close), len(close[0]), size),
        "params": {"size_type": kind, "init_cash": cash, **shared_params(close, cash)},
    }


def from_signals(stops):
    close, cash = closes(R.randint(5, 10), 1 if stops else R.choice([1, 1, 2, 3])), round(R.uniform(10, 5000), 2)
    rows, columns, density = len(close), len(close[0]), R.choice([0.15, 0.3, 0.5])
    p = {"init_cash": cash, **shared_params(close, cash)}
    if stops:
        p.pop("fees", None)
    if chance(0.5):
        kind = p["size_type"] = R.choice(["amount", "value", "percent"])
        share = lambda i, c: round(R.uniform(0.01, 1), 2)
        p["size"] = table(rows, columns, lambda i, c: share(i, c) if kind == "percent" else round(share(i, c) * cash / (close[i][c] if kind == "amount" else 1), 3))
    conflicts = ["ignore", "entry", "exit", "adjacent", "opposite"]
    for name, values in [
        ("accumulate", ["disabled", "addonly", "removeonly", "both", True, False]),
        ("upon_long_conflict", conflicts),
        ("upon_short_conflict", conflicts),
        ("upon_dir_conflict", ["ignore", "long", "short", "adjacent", "opposite"]),
        ("upon_opposite_entry", ["ignore", "close", "closereduce", "reverse", "reversereduce"]),
    ]:
        if chance(0.3):
            p[name] = R.choice(values)
    if stops:
        if chance(0.6):
            opens = table(rows, columns, lambda i, c: round(close[max(0, i - 1)][c] * R.uniform(0.97, 1.03), 3))
            beyond = lambda pick, low, high: table(rows, columns, lambda i, c: round(pick(opens[i][c], close[i][c]) * R.uniform(low, high), 3))
            p.update(open=opens, high=beyond(max, 1, 1.06), low=beyond(min, 0.94, 1))
        level = lambda i, c: NAN if chance(0.1) else R.choice([0.02, 0.05, 0.1, 0.2, 0.5])
        for name in R.choice([["sl_stop"], ["tp_stop"], ["sl_stop", "tp_stop"]]):
            p[name] = level(0, 0) if chance(0.5) else table(rows, columns, level)
        if "sl_stop" in p and chance(0.35):
            p["sl_trail"] = True
        for name, values in [
            ("stop_entry_price", ["val_price", "price", "fillprice", "close"]),
            ("stop_exit_price", ["stoplimit", "stopmarket", "price", "close"]),
            ("upon_stop_exit", ["close", "closereduce", "reverse", "reversereduce"]),
            ("upon_stop_update", ["keep", "override", "overridenan"]),
        ]:
            if chance(0.3):
                p[name] = R.choice(values)
    return {
        "method": "from_signals",
        "direction": R.choice(["longonly", "shortonly", "both"]),
        "close": close,
        "entries": table(rows, columns, lambda i, c: chance(density)),
        "exits": table(rows, columns, lambda i, c: chance(density)),
        "params": p,
    }


def orders_of(call):
    frame = lambda a: pd.DataFrame(np.array(a), index=pd.date_range("2020-01-01", periods=len(a)))
    params = {name: np.array(value) if isinstance(value, list) else value for name, value in call["params"].items()}
    if call["method"] == "from_orders":
        portfolio = vbt.Portfolio.from_orders(frame(call["close"]), size=frame(call["size"]), direction=call["direction"], **params)
    else:
        signals = frame(call["entries"]), frame(call["exits"])
        portfolio = vbt.Portfolio.from_signals(frame(call["close"]), *signals, direction=call["direction"], **params)
    whole = ("id", "col", "idx", "side")
    names = ("id", "col", "idx", "size", "price", "fees", "side")
    return [{name: int(r[name]) if name in whole else number(r[name]) for name in names} for r in portfolio.order_records]


def case(title, call):
    orders = orders_of(call)
    plain = {name: encoded(value) if name not in ("method", "direction", "params") else value for name, value in call.items()}
    plain["params"] = {name: value if name == "group_by" else encoded(value) for name, value in call["params"].items()}
    return {"test": title, "call": plain, "orders": orders}


cases = []
for kind, make in [("orders", from_orders), ("signals", lambda: from_signals(False)), ("stops", lambda: from_signals(True))]:
    done = 0
    while done < int(sys.argv[2]):
        try:
            cases.append(case(f"random {kind} {done}", make()))
        except ValueError:  # what vectorbt itself refuses: a reversal sized in percent, cash below 0
            continue
        done += 1
with open(sys.argv[3], "w") as file:
    file.write('{"cases":[\n' + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]}\n")
