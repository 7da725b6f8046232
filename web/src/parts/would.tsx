/** What a dry run says would be done, a sentence each. */
export function Would({ sentences }: { readonly sentences: readonly string[] }) {
  return (
    <ul className="mt-1 list-disc space-y-0.5 pl-5">
      {sentences.map((sentence) => (
        <li key={sentence} className="break-words">
          {sentence}
        </li>
      ))}
    </ul>
  );
}
