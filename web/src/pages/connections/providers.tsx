import { useAnswer } from '../../desk/use-view.ts';
import { Panel, Shown } from '../../parts/panel.tsx';
import { ProviderCard } from './provider-card.tsx';
import { AddProvider } from './provider-forms.tsx';

/** What it is for, also while nothing is. */
const PURPOSE =
  'Strategies that decide with a language model, and their search of the web, are to ask a provider that is kept here; nothing in this version calls one yet but its test.';

/** Providers of language models and of web search, without their keys. */
export function Providers({ isAdmin }: { readonly isAdmin: boolean }) {
  const providers = useAnswer('provider ls', {});
  return (
    <Panel
      title="LLM providers"
      className="xl:col-span-2"
      actions={<AddProvider isAdmin={isAdmin} again={providers.again} />}
    >
      <Shown
        view={providers}
        again={providers.again}
        isEmpty={({ providers: all }) => all.length === 0}
        empty={<>No provider yet. {PURPOSE}</>}
      >
        {({ providers: all }) => (
          <>
            <p className="mb-3 text-soft">
              {PURPOSE}
              {isAdmin ? '' : ' Adding, testing and removing one needs the scope admin.'}
            </p>
            <ul className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-3">
              {all.map((provider) => (
                <ProviderCard key={provider.label} provider={provider} isAdmin={isAdmin} again={providers.again} />
              ))}
            </ul>
          </>
        )}
      </Shown>
    </Panel>
  );
}
