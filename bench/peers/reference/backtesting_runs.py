"""Seeded random runs of backtesting.py, as test/reference/backtesting-py-random.test.ts compares them with ours.

Usage: backtesting_runs.py SEED COUNT FILE, in a Python with `backtesting` installed. Each run is a list of actions by bar, its bars,
its settings, and what came of it: trades, equity and statistics. What differs by convention stays out, see the test's table.
"""

import contextlib
import io
import json
import math
import random
import sys
import warnings

import pandas as pd
from backtesting import Backtest, Strategy

R = random.Random(int(sys.argv[1]))
FREQUENCIES = ["1D", "1D", "B", "1h", "15min", "W", "MS", "YE"]


def bars(count):
    price = R.choice([20.0, 100.0, 900.0])
    volatility, gap = R.choice([0.005, 0.02, 0.05]), R.choice([0.001, 0.01, 0.03])
    rows = []
    for _ in range(count):
        first = price * math.exp(R.gauss(0, gap))
        price = first * math.exp(R.gauss(0, volatility))
        high = max(first, price) * math.exp(abs(R.gauss(0, volatility / 2)))
        low = min(first, price) * math.exp(-abs(R.gauss(0, volatility / 2)))
        first, high, low, price = (round(x, 2) for x in (first, high, low, price))
        rows.append([first, max(first, price, high), min(first, price, low), price])
    return rows


def entry(bar, mode, close, settings):
    side = R.choice([1, -1])
    action = {"bar": bar, "do": "buy" if side > 0 else "sell"}
    units = max(1, int(min(R.randint(1, 40), settings["cash"] * 0.05 / close)))
    share = R.choice([0.2, 0.5, 0.9] if settings["margin"] < 1 or settings["spread"] > 0 else [0.2, 0.5, 0.9, 0.9999])
    action["size"] = units if mode == "pyramid" else share if mode == "exclusive" else R.choice([units, share])
    if mode != "single":
        return action
    reference, kind = close, R.random()
    if kind < 0.25 and settings["spread"] == 0:
        reference = action["limit"] = round(close * (1 - side * R.uniform(0, 0.03)), 2)
    elif kind > 0.75 and not settings["trade_on_close"]:
        reference = action["stop"] = round(close * (1 + side * R.uniform(0, 0.03)), 2)
    if reference != close:
        action["size"] = units
    if R.random() < 0.6:
        action["sl"] = round(reference * (1 - side * R.uniform(0.005, 0.06)), 2)
    if R.random() < 0.6:
        action["tp"] = round(reference * (1 + side * R.uniform(0.005, 0.06)), 2)
    return action


def strategy(plan, mode):
    actions = {action["bar"]: action for action in plan}

    class Planned(Strategy):
        def init(self):
            pass

        def next(self):
            action = actions.get(len(self.data) - 1)
            if action is None:
                return
            if action["do"] == "close":
                self.position.close()
            elif mode != "single" or not (self.position or self.orders or self.trades):
                place = self.buy if action["do"] == "buy" else self.sell
                place(size=action["size"], **{name: action.get(name) for name in ("limit", "stop", "sl", "tp")})

    return Planned


def differs(trade, rows):
    """Whether a trade has what is ours by convention otherwise: a bar that opens beyond its target and comes to its stop; an entry beyond its stop."""
    side, stop, target = (1 if trade.size > 0 else -1), trade.sl, trade.tp
    if stop and side * (trade.entry_price - stop) <= 0:
        return True
    if trade.exit_bar is None or not stop or not target:
        return False
    first, high, low, _ = rows[trade.exit_bar]
    return side * (first - target) > 0 and side * ((low if side > 0 else high) - stop) <= 0


def number(value):
    if isinstance(value, pd.Timedelta | pd.Timestamp) or value is pd.NaT:
        return "nan" if value is pd.NaT else str(value)
    value = float(value)
    return str(value) if not math.isfinite(value) else float(f"{value:.15g}")


def run():
    count = R.choice([6, 12, 20])
    mode = R.choice(["single", "single", "exclusive", "pyramid"])
    settings = {
        "cash": R.choice([10_000, 100_000]),
        "commission": R.choice([0, 0.002, [5, 0], [1, 0.001]]),
        "spread": R.choice([0, 0, 0.001]),
        "margin": R.choice([1, 1, 0.5, 0.1]),
        "trade_on_close": R.choice([True, False]),
    }
    if mode != "single":
        settings["spread"], settings["commission"] = 0, R.choice([0, 0.001])
    rows = bars(count)
    plan = []
    for bar in range(1, count - 1):
        if R.random() < 0.45:
            closes = R.random() < 0.2
            plan.append({"bar": bar, "do": "close"} if closes else entry(bar, mode, rows[bar][3], settings))
    if any(action.get("size", 1) < 1 for action in plan) and isinstance(settings["commission"], list):
        settings["commission"] = 0.001
    index = pd.date_range("2020-01-01", periods=count, freq=R.choice(FREQUENCIES))
    data = pd.DataFrame(rows, columns=["Open", "High", "Low", "Close"], index=index).assign(Volume=1)
    commission = settings["commission"]
    commission = tuple(commission) if isinstance(commission, list) else commission
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        test = Backtest(data, strategy(plan, mode), **{**settings, "commission": commission}, exclusive_orders=mode == "exclusive")
        statistics = test.run()
    trades, equity = statistics["_trades"], statistics["_equity_curve"]["Equity"]
    told = " ".join(str(w.message) for w in said)
    if "contingent" in told or "insufficient" in told or "larger than" in told or equity.min() <= 0:
        return None
    broker = statistics["_strategy"]._broker
    if any(differs(trade, rows) for trade in [*broker.closed_trades, *broker.trades]):
        return None
    return {
        "mode": mode,
        **settings,
        "timesMs": [int(t.timestamp() * 1000) for t in index],
        "rows": rows,
        "plan": plan,
        "trades": [
            {
                "size": int(t.Size),
                "entryBar": int(t.EntryBar),
                "exitBar": int(t.ExitBar),
                "entryPrice": number(t.EntryPrice),
                "exitPrice": number(t.ExitPrice),
                "pnl": number(t.PnL),
                "ratio": number(t.ReturnPct),
                "commission": number(t.Commission),
            }
            for t in trades.itertuples()
        ],
        "equity": [float(x) for x in equity],  # to the last bit, which makes a drawdown
        "statistics": {name: number(statistics[name]) for name in statistics.index if not name.startswith("_")},
    }


runs = []
while len(runs) < int(sys.argv[2]):
    try:
        done = run()
    except ValueError:  # an order whose stop, entry and target are not in that order
        continue
    if done is not None:
        runs.append(done)
with open(sys.argv[3], "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in runs) + "\n]\n")
