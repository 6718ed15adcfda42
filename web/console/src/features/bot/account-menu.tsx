import { CloudDownloadOutlined, CloudUploadOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Select, Skeleton, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOutdated, OutdatedNote, useEditVersion } from '@/components/edit-version';
import { Nothing, Page } from '@/components/page';
import { Phone, type PhoneLine } from '@/components/phone';
import { ProblemAlert, useReport } from '@/components/problem';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { useGo, useSearchValue } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment } from '@/lib/time';
import type { AccountButton, AccountMenu, Inbox } from '@/lib/types';
import { useAccountMenu, useInboxes, useMoveAccountMenu, useSaveAccountMenu } from './api';
import { ButtonForm } from './button-form';
import {
  buttonAt,
  buttonGap,
  MOST_BUTTONS,
  MOST_CHILDREN,
  type Place,
  tidyButton,
} from './buttons';
import './bot.css';

/** The bar below a chat; it is the preview and the chooser at once. */
function Bar(props: {
  buttons: AccountButton[];
  place: Place | null;
  mayEdit: boolean;
  onPlace: (place: Place) => void;
  onAdd: (parent?: number) => void;
}) {
  const { t } = useTranslation('bot');
  const { buttons, place } = props;
  return (
    <div className="phone-bar">
      {buttons.map((button, index) => {
        const open = place?.[0] === index;
        const children = button.children ?? [];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no id but their place
          <div key={index}>
            {open && button.kind === 'sub' && (
              <div className="phone-sub">
                {children.map((child, at) => (
                  <button
                    type="button"
                    // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no id but their place
                    key={at}
                    className={place?.[1] === at ? 'plain active' : 'plain'}
                    onClick={() => props.onPlace([index, at])}
                  >
                    {child.name || '…'}
                  </button>
                ))}
                {props.mayEdit && children.length < MOST_CHILDREN && (
                  <button
                    type="button"
                    className="plain"
                    aria-label={t('buttons.add_child')}
                    onClick={() => props.onAdd(index)}
                  >
                    <PlusOutlined />
                  </button>
                )}
              </div>
            )}
            <button
              type="button"
              className={open && place?.length === 1 ? 'plain active' : 'plain'}
              onClick={() => props.onPlace([index])}
            >
              {button.kind === 'sub' ? '≡ ' : ''}
              {button.name || '…'}
            </button>
          </div>
        );
      })}
      {props.mayEdit && buttons.length < MOST_BUTTONS && (
        <div>
          <button
            type="button"
            className="plain"
            aria-label={t('buttons.add')}
            onClick={() => props.onAdd()}
          >
            <PlusOutlined />
          </button>
        </div>
      )}
    </div>
  );
}

function change(
  buttons: AccountButton[],
  place: Place,
  next: AccountButton | null,
): AccountButton[] {
  const [top, child] = place;
  if (child === undefined) {
    return buttons.flatMap((one, at) => (at === top ? (next ? [next] : []) : [one]));
  }
  return buttons.map((one, at) => {
    if (at !== top) return one;
    const children = (one.children ?? []).flatMap((inner, index) =>
      index === child ? (next ? [next] : []) : [inner],
    );
    return { ...one, children };
  });
}

/** What happens on the phone when the chosen button is tapped. */
function tapLines(button: AccountButton | undefined, t: (key: string) => string): PhoneLine[] {
  if (!button || button.kind === 'sub') return [];
  const note = (text: string): PhoneLine => ({ from: 'account', content: { type: 'text', text } });
  if (button.action) return [note(t(`buttons.action.${button.action}`))];
  if (button.answers?.length) {
    return button.answers.map((content) => ({ from: 'account', content }));
  }
  if (button.kind === 'view' && button.url) {
    return [
      {
        from: 'account',
        content: { type: 'link', title: button.name, description: button.url, url: button.url },
      },
    ];
  }
  return [];
}

const firstOf = (menu: AccountMenu): Place | null => (menu.buttons.length > 0 ? [0] : null);

function Editor(props: { inbox: Inbox; menu: AccountMenu; refresh: () => void }) {
  const { inbox, menu } = props;
  const { t } = useTranslation(['bot', 'common']);
  const { modal } = App.useApp();
  const mayEdit = useCan(PERMISSIONS.botEdit);
  const report = useReport();
  const [buttons, setButtons] = useState(menu.buttons);
  const [place, setPlace] = useState<Place | null>(firstOf(menu));
  const [changed, setChanged] = useState(false);
  const save = useSaveAccountMenu(inbox.id);
  const publish = useMoveAccountMenu(inbox.id, 'publication');
  const pull = useMoveAccountMenu(inbox.id, 'pull');
  useLeaveGuard(changed);
  const edit = useEditVersion(menu, changed, (newest) => {
    setButtons(newest.buttons);
    setPlace((before) => (before && buttonAt(newest.buttons, before) ? before : firstOf(newest)));
    setChanged(false);
  });
  const state =
    menu.published_version == null
      ? 'draft'
      : menu.published_version === menu.version
        ? 'published'
        : 'changed';
  const chosen = place ? buttonAt(buttons, place) : undefined;
  const put = (next: AccountButton[]) => {
    setButtons(next);
    setChanged(true);
  };
  const add = (parent?: number) => {
    const fresh: AccountButton = { name: '', kind: 'click', key: `k${Date.now().toString(36)}` };
    if (parent === undefined) {
      put([...buttons, fresh]);
      setPlace([buttons.length]);
      return;
    }
    const children = buttons[parent]?.children ?? [];
    put(
      buttons.map((one, at) => (at === parent ? { ...one, children: [...children, fresh] } : one)),
    );
    setPlace([parent, children.length]);
  };
  const submit = async (): Promise<boolean> => {
    const gap = buttonGap(buttons);
    if (gap) {
      setPlace(gap.place);
      report.refused(t(gap.gap));
      return false;
    }
    try {
      await save.mutateAsync({ buttons: buttons.map(tidyButton), version: edit.version });
      setChanged(false);
      return true;
    } catch (error) {
      if (isOutdated(error)) props.refresh();
      report.failed(error);
      return false;
    }
  };
  const confirmPublish = () =>
    modal.confirm({
      title: t('buttons.publish_title', { name: inbox.name }),
      content: t('buttons.publish_text'),
      okText: t('buttons.publish'),
      onOk: async () => {
        if (changed && !(await submit())) return;
        await publish.mutateAsync().then(() => report.done(t('buttons.published')), report.failed);
      },
    });
  const confirmPull = () =>
    modal.confirm({
      title: t('buttons.pull_title'),
      content: t('buttons.pull_text'),
      okText: t('buttons.pull'),
      onOk: () =>
        pull.mutateAsync().then(() => {
          setChanged(false);
          report.done(t('buttons.pulled'));
        }, report.failed),
    });
  return (
    <>
      {edit.isBehind && !save.isPending && !pull.isPending && (
        <OutdatedNote at={menu.updated_at} onTheirs={edit.takeTheirs} onMine={edit.keepMine} />
      )}
      <div className="row-2 flip">
        <div>
          <Phone
            title={inbox.name}
            hint={t('buttons.preview')}
            lines={tapLines(chosen, t)}
            bottom={
              <Bar
                buttons={buttons}
                place={place}
                mayEdit={mayEdit}
                onPlace={setPlace}
                onAdd={add}
              />
            }
          />
        </div>
        <div className="panel" style={{ padding: 20 }}>
          <div className="menu-state">
            <Tag color={state === 'published' ? 'green' : 'gold'}>
              {t(`buttons.state.${state}`)}
            </Tag>
            {changed && <Tag color="gold">{t('common:unsaved')}</Tag>}
            {menu.published_at && (
              <span className="muted">
                {t('buttons.published_at', { at: fullMoment(menu.published_at) })}
              </span>
            )}
            <span style={{ flex: 1 }} />
            {mayEdit && (
              <>
                <Button
                  icon={<CloudDownloadOutlined />}
                  loading={pull.isPending}
                  onClick={confirmPull}
                >
                  {t('buttons.pull')}
                </Button>
                <Button
                  disabled={!changed}
                  loading={save.isPending}
                  onClick={() => submit().then((ok) => ok && report.done(t('common:saved')))}
                >
                  {t('common:save')}
                </Button>
                <Button
                  type="primary"
                  icon={<CloudUploadOutlined />}
                  loading={publish.isPending}
                  onClick={confirmPublish}
                >
                  {t('buttons.publish')}
                </Button>
              </>
            )}
          </div>
          {chosen && place ? (
            <fieldset className="plain-set" disabled={!mayEdit}>
              <ButtonForm
                key={place.join('.')}
                button={chosen}
                top={place.length === 1}
                onChange={(next) => put(change(buttons, place, next))}
                onRemove={() => {
                  put(change(buttons, place, null));
                  setPlace(place.length === 2 ? [place[0]] : null);
                }}
              />
            </fieldset>
          ) : (
            <Nothing text={t(buttons.length === 0 ? 'buttons.empty' : 'buttons.choose')}>
              {mayEdit && buttons.length === 0 && (
                <Button type="primary" icon={<PlusOutlined />} onClick={() => add()}>
                  {t('buttons.add')}
                </Button>
              )}
            </Nothing>
          )}
        </div>
      </div>
    </>
  );
}

/** The menu below the chat of one WeChat account. */
export default function AccountMenuPage() {
  const { t } = useTranslation(['bot', 'common']);
  const go = useGo();
  const inboxes = useInboxes();
  const mayConnect = useCan(PERMISSIONS.inboxEdit);
  const wanted = useSearchValue('inbox');
  const inbox = inboxes.data?.find((one) => one.id === wanted) ?? inboxes.data?.[0];
  const menu = useAccountMenu(inbox?.id);
  const error = inboxes.error ?? menu.error;
  return (
    <Page
      title={t('common:nav.account_menu')}
      hint={t('buttons.hint')}
      actions={
        (inboxes.data?.length ?? 0) > 1 && (
          <Select
            style={{ minWidth: 180 }}
            value={inbox?.id}
            options={inboxes.data?.map((one) => ({ value: one.id, label: one.name }))}
            onChange={(id) => go('/bot/account-menu', { inbox: id })}
          />
        )
      }
    >
      {error && <ProblemAlert error={error} onRetry={() => menu.refetch()} />}
      {inboxes.data?.length === 0 && (
        <div className="panel">
          <Nothing text={t('buttons.no_inbox')}>
            {mayConnect && (
              <Button type="primary" onClick={() => go('/settings/inboxes/new')}>
                {t('buttons.connect')}
              </Button>
            )}
          </Nothing>
        </div>
      )}
      {!error && inbox && !menu.data && <Skeleton active />}
      {inbox && menu.data && (
        <Editor key={inbox.id} inbox={inbox} menu={menu.data} refresh={() => menu.refetch()} />
      )}
    </Page>
  );
}
