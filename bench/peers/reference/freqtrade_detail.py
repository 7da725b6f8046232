"""Seeded random candle paths through freqtrade's Backtesting, in the shape of test/reference/freqtrade-strategy.ts.

Usage: freqtrade_detail.py SEED COUNT FILE, in a Python with `freqtrade` installed: COUNT paths with entries at the market and COUNT
with entries and exits at custom prices. Nothing is asked of an exchange: what the backtest
would ask is answered here, with no fee, no funding and any precision.
"""

import json
import logging
import random
import sys
import tempfile
import warnings
from pathlib import Path
from unittest.mock import MagicMock, PropertyMock, patch

import freqtrade.optimize.backtesting as backtesting
import pandas as pd
from freqtrade.data.history import get_timerange
from freqtrade.enums import CandleType, MarginMode, RunMode, TradingMode
from freqtrade.exchange.binance import Binance

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
R = random.Random(int(sys.argv[1]))
PAIR, START = "UNITTEST/USDT", pd.Timestamp("2018-06-12", tz="UTC")
FOLDER = Path(tempfile.mkdtemp())
(FOLDER / "plain.py").write_text(
    """from freqtrade.strategy import IStrategy
class Plain(IStrategy):
    INTERFACE_VERSION, timeframe, minimal_roi, stoploss = 3, "1h", {"0": 1}, -0.1
    def populate_indicators(self, frame, metadata): return frame
    def populate_entry_trend(self, frame, metadata): return frame
    def populate_exit_trend(self, frame, metadata): return frame
"""
)
LIMITS = {"amount": {"min": 1e-8, "max": 1e12}, "price": {"min": None, "max": None}, "cost": {"min": 1e-8, "max": None}}
MARKET = {
    "id": "U", "symbol": PAIR, "base": "UNITTEST", "quote": "USDT", "active": True, "spot": True, "type": "spot", "swap": False,
    "precision": {"amount": 1e-8, "price": 1e-8}, "limits": LIMITS, "info": {}, "maker": 0, "taker": 0,
}  # fmt: skip
ANSWERS = {
    "validate_config": None, "validate_timeframes": None, "_load_async_markets": {}, "reload_markets": None, "get_fee": 0.0,
    "get_min_pair_stake_amount": 1e-5, "get_max_pair_stake_amount": float("inf"), "get_max_leverage": 100,
    "validate_required_startup_candles": None, "get_precision_amount": 1e-8, "get_precision_price": 1e-8, "get_contract_size": 1,
    "get_liquidation_price": None, "get_maintenance_ratio_and_amt": (0.0, 0.0), "calculate_funding_fees": 0,
}  # fmt: skip
EXCHANGE = "freqtrade.exchange.exchange.Exchange"
for name, answer in ANSWERS.items():
    patch(f"{EXCHANGE}.{name}", MagicMock(return_value=answer)).start()
for name, value in [("markets", {PAIR: MARKET}), ("precisionMode", 4), ("precision_mode_price", 4)]:
    patch(f"{EXCHANGE}.{name}", PropertyMock(return_value=value)).start()
patch("freqtrade.exchange.binance.Binance.get_max_leverage", MagicMock(return_value=100)).start()
backtesting.validate_config_consistency = lambda *a, **k: None

DEFAULTS = {
    "trailing_stop": False, "trailing_only_offset_is_reached": False, "trailing_stop_positive": None,
    "trailing_stop_positive_offset": 0.0, "use_exit_signal": False, "leverage": 1,
}  # fmt: skip


def config(c):
    order_types = {"entry": "limit", "exit": "limit", "stoploss": "limit", "stoploss_on_exchange": False}
    pricing = {"price_side": "same", "use_order_book": False}
    out = {
        "max_open_trades": 10, "stake_currency": "USDT", "stake_amount": 100, "dry_run": True, "dry_run_wallet": 1e6,
        "tradable_balance_ratio": 0.99, "amend_last_stake_amount": False, "last_stake_amount_min_ratio": 0.5, "timeframe": "1h",
        "strategy": "Plain", "strategy_path": str(FOLDER), "user_data_dir": FOLDER, "datadir": FOLDER, "fee": 0.0,
        "exchange": {"name": "binance", "pair_whitelist": [PAIR], "key": "", "secret": "", "pair_blacklist": []},
        "pairlists": [{"method": "StaticPairList"}], "runmode": RunMode.BACKTEST, "trading_mode": "spot",
        "candle_type_def": CandleType.SPOT, "entry_pricing": pricing, "exit_pricing": pricing, "order_types": order_types,
        "order_time_in_force": {"entry": "GTC", "exit": "GTC"}, "exit_profit_only": False, "exit_profit_offset": 0.0,
        "ignore_roi_if_entry_signal": False, "dataformat_ohlcv": "feather", "internals": {}, "stoploss": c["stop_loss"],
        "unfilledtimeout": {"entry": c.get("timeout", 10), "exit": 30, "unit": "minutes"}, "minimal_roi": c["roi"],
    }  # fmt: skip
    names = ["trailing_stop", "trailing_only_offset_is_reached", "trailing_stop_positive", "trailing_stop_positive_offset", "use_exit_signal"]
    return {**out, **{name: c[name] for name in names if c[name] is not None}}


FIELDS = ["open", "high", "low", "close", "volume", "enter_long", "exit_long", "enter_short", "exit_short"]


def run(c):
    settings = config(c)
    test = backtesting.Backtesting(settings, Binance(settings, validate=False, load_leverage_tiers=False))
    test._set_strategy(test.strategylist[0])
    test.required_startup, test._can_short, test.strategy.can_short = 0, True, True
    test.trading_mode, test.margin_mode = TradingMode.FUTURES, MarginMode.ISOLATED
    test.strategy.config["trading_mode"] = "futures"
    test._run_funding_fees = lambda *a, **k: None
    rows = [[START + pd.Timedelta(hours=x["tick"])] + [x[name] for name in FIELDS] for x in c["candles"]]
    frame = pd.DataFrame(rows, columns=["date", *FIELDS]).astype({name: float for name in FIELDS[:5]})
    frame["enter_tag"] = frame["exit_tag"] = None
    test.strategy.advise_entry = test.strategy.advise_exit = lambda *a: frame.copy()
    test.strategy.leverage = lambda **k: c["leverage"]
    for name in ("custom_entry_price", "custom_exit_price", "adjust_entry_price"):
        if name in c:
            setattr(test.strategy, name, MagicMock(return_value=c[name]))
    first, last = get_timerange({PAIR: frame})
    results = test.backtest(processed={PAIR: frame.copy()}, start_date=first, end_date=last)["results"]
    tick = lambda date: int((date - START) / pd.Timedelta(hours=1))
    c["trades"] = [
        {
            "exit_reason": t.exit_reason,
            "open_tick": tick(t.open_date),
            "close_tick": tick(t.close_date),
            "enter_tag": t.enter_tag or None,
            "is_short": bool(t.is_short),
        }
        for _, t in results.iterrows()
    ]
    c["profit_perc"] = round(float(results["profit_ratio"].sum()), 3) + 0.0 if len(results) else 0
    return c


def case(number, priced):
    price, volatility, short, candles = 5000, R.choice([0.003, 0.01, 0.02]), R.random() < 0.35, []
    for tick in range(R.randint(4, 12)):
        first = round(price * (1 + R.gauss(0, volatility / 6)) if R.random() < 0.4 else price)
        last = round(first * (1 + R.gauss(0, volatility)))
        high = max(first, last) + round(abs(R.gauss(0, volatility / 2)) * price)
        low = min(first, last) - round(abs(R.gauss(0, volatility / 2)) * price)
        enter, leave = int(tick == 0 or R.random() < (0 if priced else 0.15)), int(tick > 0 and R.random() < 0.15)
        signals = [0, 0, enter, leave] if short else [enter, leave, 0, 0]
        candles.append({"tick": tick, **dict(zip(FIELDS, [first, high, low, last, 6172, *signals], strict=True))})
        price = last
    rois = [{"0": 10}, {"0": 0.02}, {"0": 0.05, "120": 0.01}, {"0": 0.03, "60": 0.02, "180": 0.005}, {"0": 0.1, "180": -1}]
    c = {**DEFAULTS, "id": f"random {number} priced" if priced else f"random {number}", "candles": candles, "stop_loss": R.choice([-0.01, -0.02, -0.03, -0.05, -0.1])}
    c.update(roi=R.choice(rois), leverage=R.choice([1, 1, 1, 2, 5]), use_exit_signal=R.random() < 0.5, trailing_stop=R.random() < 0.45)
    if c["trailing_stop"] and R.random() < 0.6:
        positive = R.choice([0.005, 0.01, 0.02])
        c.update(trailing_stop_positive=positive, trailing_stop_positive_offset=round(positive + R.choice([0.006, 0.01, 0.02]), 3))
        c["trailing_only_offset_is_reached"] = R.random() < 0.5
    return run({**c, **custom_prices(c, candles[1]["open"], -1 if short else 1)} if priced else c)


def custom_prices(c, price, sign):
    """An entry below the second candle's open, if long; perhaps moved later; perhaps an exit above."""
    out = {}
    if R.random() < 0.7:
        out["custom_entry_price"] = round(price * (1 - sign * R.uniform(0, 0.01)))
        if R.random() < 0.3:
            out["adjust_entry_price"] = round(out["custom_entry_price"] * (1 + sign * R.uniform(0, 0.005)))
    if R.random() < 0.5:
        out["timeout"] = R.choice([30, 60, 120, 180, 600])
    if c["use_exit_signal"] and R.random() < 0.5:
        out["custom_exit_price"] = round(price * (1 + sign * R.uniform(0, 0.02)))
    return out


cases = [case(number, priced) for priced in (False, True) for number in range(int(sys.argv[2]))]
with open(sys.argv[3], "w") as file:
    file.write('{"cases":[\n' + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]}\n")
