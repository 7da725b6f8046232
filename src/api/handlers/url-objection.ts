/** What is expected of an address instead; null where it is one of those schemes, with nothing in it that would be a secret. */
export function urlObjection(text: string, schemes: readonly string[]): string | null {
  const url = URL.parse(text);
  if (url === null || !schemes.includes(url.protocol) || url.hostname === '')
    return `an address that begins with ${schemes.map((each) => `${each}//`).join(' or ')}`;
  return url.username === '' && url.password === '' ? null : 'no user and password in it';
}
