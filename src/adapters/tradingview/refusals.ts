import { VenueError, type VenueErrorCode } from '../../ports/venue-error.ts';
import { VENUE } from './options.ts';
import { type ServerMessage, textAt } from './server-message.ts';

/** A message that says no, as an error; null where it says something else. The texts are those that other clients have seen. */
export function refusalOf(message: ServerMessage): VenueError | null {
  switch (message.method) {
    case 'symbol_error':
      return refusal('symbol-unknown', textAt(message, 2));
    case 'series_error': {
      const text = textAt(message, 3);
      return refusal(/custom_resolution|not_auth/.test(text) ? 'unsupported' : 'request-invalid', text);
    }
    case 'critical_error':
      return refusal('request-invalid', `${textAt(message, 1)} ${textAt(message, 2)}`.trim());
    default:
      return null;
  }
}

function refusal(code: VenueErrorCode, text: string): VenueError {
  return new VenueError(code, VENUE, `TradingView says: ${text}`, { venueCode: text });
}
