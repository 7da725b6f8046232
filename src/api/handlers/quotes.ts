import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { QuoteDesk, type VenueQuotes } from '../quote-desk.ts';
import type { Call, World } from '../world.ts';
import { instrumentsOf } from './session-instruments.ts';

/** Longest wait for the first quote of a symbol. */
const FIRST_MS = 15_000;

export async function quote(input: Input<'quote'>, world: World, call: Call): Promise<Output<'quote'>> {
  const { venue, symbol } = input;
  const kept = (await world.quotes.find(venue))?.line(symbol);
  if (kept?.time) return kept;
  const desk = new QuoteDesk(world.venues);
  try {
    await desk.start(venue, [symbol], instrumentsOf);
    const quotes = (await desk.find(venue))!;
    await first(quotes, symbol, world, call);
    return quotes.line(symbol)!;
  } finally {
    await desk.close();
  }
}

/** Waits until something has come of a symbol. */
function first(quotes: VenueQuotes, symbol: string, { clock }: World, { stop }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    let forget = (): void => {};
    const end = (failure: Failure | null): void => {
      timer.cancel();
      forget();
      stop.removeEventListener('abort', onStop);
      if (failure === null) resolve();
      else reject(failure);
    };
    const late = `${quotes.venue} has told no price of ${symbol} within ${FIRST_MS / 1000} s`;
    const timer = clock.after(FIRST_MS, () => end(new Failure('venue-unavailable', late)));
    const onStop = (): void => end(new Failure('interrupted', 'it was asked to stop'));
    const look = (): void => {
      if (quotes.isKnown(symbol)) end(null);
      else forget = quotes.onNext(look);
    };
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    else look();
  });
}

export async function quotesStart(input: Input<'quotes-start'>, world: World): Promise<Output<'quotes-start'>> {
  return { quotes: await world.quotes.start(input.venue, input.symbols, instrumentsOf) };
}

export async function quotesStop(input: Input<'quotes-stop'>, world: World): Promise<Output<'quotes-stop'>> {
  return { stopped: await world.quotes.stop(input.venue, input.symbols) };
}

export async function quotes(_: Input<'quotes'>, world: World): Promise<Output<'quotes'>> {
  return { quotes: await world.quotes.lines() };
}

export function executionExecute(): never {
  throw new Failure('not-built', 'the decision flow is not built yet: no model is asked, and nothing is ordered');
}
