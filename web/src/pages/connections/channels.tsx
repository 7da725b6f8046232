import { Link } from '@tanstack/react-router';
import { useAnswer } from '../../desk/use-view.ts';
import { Panel, Shown } from '../../parts/panel.tsx';
import { ChannelCard } from './channel-card.tsx';
import { AddChannel } from './channel-forms.tsx';

/** Ways to people and to their programs, without their secrets. Who is told of what stands with the alerts. */
export function Channels({ isAdmin }: { readonly isAdmin: boolean }) {
  const channels = useAnswer('channel ls', {});
  return (
    <Panel
      title="Webhooks and channels"
      isOfNow
      className="xl:col-span-2"
      actions={<AddChannel isAdmin={isAdmin} again={channels.again} />}
    >
      <Shown
        view={channels}
        again={channels.again}
        isEmpty={({ channels: all }) => all.length === 0}
        empty={`No channel yet: nobody can be told of anything. ${isAdmin ? 'Add' : 'Who has the scope admin adds'} a webhook, mail, a chat or a pager.`}
      >
        {({ channels: all }) => (
          <>
            <p className="mb-3 text-soft">
              Alerts go through these; who is told of what is said on{' '}
              <Link to="/alerts" className="text-accent underline">
                Alerts
              </Link>
              .{isAdmin ? '' : ' Adding, testing and removing one, and replacing its secret, need the scope admin.'}
            </p>
            <ul className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-3">
              {all.map((channel) => (
                <ChannelCard key={channel.name} channel={channel} isAdmin={isAdmin} again={channels.again} />
              ))}
            </ul>
          </>
        )}
      </Shown>
    </Panel>
  );
}
