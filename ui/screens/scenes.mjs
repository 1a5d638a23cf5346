// The window's places, as the fake desk plays them and a hand opens them: what is pictured and what is checked.

/** The smallest window there is. */
const SMALL = { width: 1024, height: 640 };

/** What somebody may paste into the search, and keep. */
const HOSTILE = `<img src=x onerror=alert(1)>\u202e\u0627\u0633\u0645${'Z\u0300\u0301\u0302\u0323'.repeat(40)}${'W'.repeat(5_000)}`;

const open = (row) => async (page) => page.locator('[data-testid=alert-row]').nth(row).click();
const go = (place) => async (page) => page.getByTestId(`nav-${place}`).click();
const openIn = (place, row) => async (page) => {
  await go(place)(page);
  await page.locator(`[data-testid=${place === 'transactions' ? 'transaction' : place}-row]`).nth(row).click();
};
/** Opens the first activity of a kind. */
const openKind = (kind) => async (page) => {
  await go('activity')(page);
  await page.getByTestId('kind-filter').selectOption(kind);
  await page.locator('[data-testid=activity-row]').first().click();
};
/** The overview of a span, scrolled to a part of it. */
const overview = (span, part) => async (page) => {
  await go('overview')(page);
  await page.getByTestId(`span-${span}`).click();
  if (part) await page.getByTestId(part).scrollIntoViewIfNeeded();
};
const analyse = async (page) => {
  await openIn('transactions', 3)(page);
  await page.getByTestId('analyse').click();
  await page.getByTestId('factors').waitFor();
  await page.getByTestId('factors').scrollIntoViewIfNeeded();
};
/** Opens an alert, and scrolls to what else is stored of its customer. */
const customer = async (page) => {
  await open(2)(page);
  await page.getByTestId('customer-strip').scrollIntoViewIfNeeded();
  await page.waitForTimeout(200);
};
/** Does this to an alert, and waits for what becomes of it. */
const deed = (what) => async (page) => {
  await open(2)(page);
  await page.getByTestId(`act-${what}`).click();
  await page.waitForTimeout(900);
};
/** Asks this and keeps the question as a view. */
const ask = (text) => async (page) => {
  await go('search')(page);
  await page.getByTestId('search-box').fill(text);
  const keep = page.getByTestId('keep-view');
  if (await keep.count()) await keep.click();
  await page.getByTestId('search-box').focus();
  await page.waitForTimeout(400);
};
/** Finds alerts and decides on three of them: one is seen, one waits for the server, one is snoozed. */
const decided = async (page) => {
  await ask('is:open is:unseen source:"Retail cards"')(page);
  await keys('Enter', 'a', 'j', 'j', 's')(page);
  await page.getByTestId('snooze-menu').waitFor();
  await keys('Enter', 'j', 'e')(page);
  await page.getByTestId('row-deed').waitFor({ state: 'attached' });
};
const settings = (card) => async (page) => {
  await go('sources')(page);
  await page.getByTestId('source-settings').nth(card).click();
};
/** The form of a source that is elsewhere now. */
const move = async (page) => {
  await settings(0)(page);
  await page.getByTestId('sign-in-url').fill('https://new.bank.example');
};
/** Tests a source to its end. */
const test = async (page) => {
  await go('sources')(page);
  await page.getByTestId('test-source').first().click();
  await page.waitForTimeout(600);
};
/** The form of a profile, sent as it is. */
const addSource = (profile) => async (page) => {
  await go('sources')(page);
  await page.getByTestId('add-source').click();
  await page.getByTestId('sign-in-profile').selectOption(profile);
  await page.getByTestId('sign-in-submit').click();
};
const removing = async (page) => {
  await go('sources')(page);
  await page.getByTestId('remove-source').first().click();
};
const only = (source) => async (page) => page.locator(`[data-testid=side-source][data-source="${source}"]`).click();
const fill = async (page) => {
  await page.getByTestId('sign-in-user').fill('marie');
  await page.getByTestId('sign-in-password').fill('wrong');
  await page.getByTestId('sign-in-submit').click();
};

/** Types keys, one after the other. */
const keys = (...pressed) => async (page) => {
  for (const key of pressed) await page.keyboard.press(key);
};
const choose = keys('j', 'j', 'Shift+J', 'Shift+J', 'Shift+J', 'j', 'j', 'x');
/** Has what is chosen resolved, most of which a server then refuses. */
const refuseChosen = async (page) => {
  await only(1)(page);
  await choose(page);
  await page.keyboard.press('r');
  await page.waitForTimeout(1600);
};
/** Snoozes two alerts, a customer and a scenario, and lists what is snoozed. */
const snoozed = async (page) => {
  await keys('j', 'j', 's')(page);
  await page.getByTestId('snooze-customer-four_hours').click();
  await keys('j', 's')(page);
  await page.getByTestId('snooze-scenario-tomorrow').click();
  await keys('s', 'Enter', 'j', 's', 'Enter')(page);
  await page.getByTestId('state-filter').selectOption('snoozed');
  await page.locator('[data-testid=alert-row]').first().click();
};
const grouped = (by) => async (page) => {
  await page.getByTestId('order').selectOption(by);
  await page.getByTestId('group-row').first().waitFor();
  await keys('j', 'j')(page);
};
const palette = (text) => async (page) => {
  await keys('j', 'j', 'Control+k')(page);
  await page.keyboard.type(text);
};

/** Each with what the fake desk plays, the size and the looks it is pictured in, and what is done in it. */
export const SCENES = {
  alerts: {},
  'alerts-small': { query: 'tame', size: SMALL },
  'alerts-dark': { dark: true },
  'alerts-detail': { act: open(2) },
  'alerts-detail-dark': { dark: true, act: open(2) },
  'alerts-detail-small': { size: SMALL, act: open(1) },
  'alerts-detail-french': { query: 'language=fr', locale: 'fr-FR', act: open(2) },
  'alerts-small-dark-french': { query: 'language=fr&link=retrying', locale: 'fr-FR', dark: true, size: SMALL },
  'alerts-one-source-small-french': { query: 'sources=5&language=fr', locale: 'fr-FR', size: SMALL, act: only(1) },
  'alerts-many-asked': { dark: true, act: async (page) => { await only(1)(page); await page.waitForTimeout(300); await keys('j', 'Control+a', 'r')(page); } },
  'alerts-dense-collapsed': {
    act: async (page) => {
      await page.getByRole('button', { name: 'Dense rows' }).click();
      await page.getByRole('button', { name: 'Show or hide' }).click();
    },
  },
  'high-contrast': { contrast: true, act: open(2) },
  hostile: { act: open(11) },
  'hostile-details': { act: open(20) },
  transactions: { act: go('transactions') },
  'transactions-paused': { act: async (page) => { await go('transactions')(page); await keys('p')(page); } },
  'transactions-columns-dark': {
    query: 'sources=5',
    dark: true,
    act: async (page) => {
      await go('transactions')(page);
      await page.getByTestId('columns').click();
      await page.getByTestId('column-where').click();
      await page.getByTestId('column-time').click();
    },
  },
  'transactions-small-french': { query: 'language=fr&sources=5', locale: 'fr-FR', size: SMALL, act: async (page) => { await openIn('transactions', 3)(page); await keys('p')(page); } },
  'transactions-small': { query: 'tame', size: SMALL, act: go('transactions') },
  'transactions-contrast': { contrast: true, act: go('transactions') },
  'transactions-detail': { act: openIn('transactions', 3) },
  'transactions-small-dark': { dark: true, size: SMALL, act: go('transactions') },
  'sources-french-dark': { query: 'language=fr&link=offline', locale: 'fr-FR', dark: true, act: go('sources') },
  sources: { query: 'link=signed_out', act: go('sources') },
  offline: { query: 'link=offline' },
  'offline-small-dark': { query: 'link=offline', dark: true, size: SMALL },
  notices: { query: 'link=catching_up&notices=no_vault,no_tray,store_fails', size: SMALL },
  update: { query: 'update=1.2.0', size: SMALL },
  'update-french-dark': { query: 'language=fr&update=1.2.0', locale: 'fr-FR', dark: true, size: SMALL },
  'notices-database': { query: 'link=disk_full&notices=disk_full,store_damaged,set_aside', size: SMALL },
  'notices-database-french-dark': { query: 'language=fr&notices=store_damaged,set_aside&begun=nothing', locale: 'fr-FR', dark: true, size: SMALL },
  first: { query: 'first' },
  'first-small-dark': { query: 'first', dark: true, size: SMALL },
  'first-french': { query: 'first&language=fr&notices=no_vault', locale: 'fr-FR', act: fill, size: SMALL },
  activity: { query: 'sources=5', act: go('activity') },
  'activity-dark': { query: 'sources=5', dark: true, act: go('activity') },
  'activity-detail': { query: 'sources=5', act: openIn('activity', 4) },
  'activity-small': { query: 'sources=5', size: SMALL, act: go('activity') },
  'activity-small-dark-french': { query: 'sources=5&language=fr', locale: 'fr-FR', dark: true, size: SMALL, act: openIn('activity', 2) },
  'activity-analysis': { query: 'sources=5', act: openKind('analysis') },
  'activity-progress-dark': { query: 'sources=5', dark: true, act: openKind('progress') },
  'activity-stream-contrast': { query: 'sources=5', contrast: true, act: openKind('payment_stream') },
  'five-alerts': { query: 'sources=5' },
  'five-alerts-small-dark': { query: 'sources=5', dark: true, size: SMALL },
  'five-transactions': { query: 'sources=5', act: go('transactions') },
  'five-sources': { query: 'sources=5', act: go('sources') },
  'five-sources-french-dark': { query: 'sources=5&language=fr', locale: 'fr-FR', dark: true, act: go('sources') },
  'one-of-five': { query: 'sources=5', act: only(4) },
  sixteen: { query: 'sources=16&link=offline', size: SMALL, act: only(2) },
  'sixteen-collapsed': {
    query: 'sources=16&link=offline',
    act: async (page) => page.getByRole('button', { name: 'Show or hide' }).click(),
  },
  analysis: { act: analyse },
  'analysis-refused-dark': {
    query: 'refusing=forbidden',
    dark: true,
    act: async (page) => {
      await openIn('transactions', 3)(page);
      await page.getByTestId('analyse').click();
      await page.waitForTimeout(900);
    },
  },
  'readme-alerts-light': { query: 'tame' },
  'readme-alerts-dark': { query: 'tame', dark: true },
  'readme-detail-light': { query: 'tame', act: open(2) },
  'readme-detail-dark': { query: 'tame', dark: true, act: open(2) },
  'readme-overview-light': { query: 'tame', act: go('overview') },
  'readme-overview-dark': { query: 'tame', dark: true, act: go('overview') },
  'readme-settings-light': { query: 'tame', act: go('settings') },
  'readme-settings-dark': { query: 'tame', dark: true, act: go('settings') },
  'alerts-customer': { act: customer },
  'alerts-customer-dark-french': { query: 'language=fr', locale: 'fr-FR', dark: true, act: customer },
  'actions-confirmed': { act: deed('resolved') },
  'actions-waiting': { query: 'link=offline', act: deed('resolved') },
  'actions-refused-dark': { query: 'refusing=forbidden', dark: true, act: deed('resolved') },
  'actions-overtaken': { query: 'overtaken=false_positive', act: deed('resolved') },
  'actions-overtaken-french': { query: 'overtaken=false_positive&language=fr', locale: 'fr-FR', act: deed('resolved') },
  search: { act: ask('severity:critical,high is:open') },
  'search-small-french-dark': { query: 'language=fr&sources=5', locale: 'fr-FR', dark: true, size: SMALL, act: ask('el') },
  'search-small': { query: 'tame', size: SMALL, act: ask('is:open') },
  'search-decided': { query: 'link=offline', act: decided },
  'search-dark-french': { query: 'language=fr&sources=5', locale: 'fr-FR', dark: true, act: ask('el is:lost') },
  'search-offers-small': { size: SMALL, act: ask('country:') },
  'search-kept-hostile': { act: ask(`customer:"${HOSTILE}" ${HOSTILE}`) },
  'search-first': { act: go('search') },
  'settings-place': { query: 'managed', act: go('settings') },
  'settings-lower-dark': { query: 'update=none', dark: true, act: async (page) => { await go('settings')(page); await page.getByTestId('set-desktop.updates').scrollIntoViewIfNeeded(); } },
  'settings-place-dark-french': { query: 'language=fr&wrong', locale: 'fr-FR', dark: true, size: SMALL, act: go('settings') },
  'remove-source': { act: removing },
  'settings-streams': { query: 'sources=5', act: settings(4) },
  'settings-credit-dark-french': { query: 'sources=5&language=fr', locale: 'fr-FR', dark: true, act: settings(2) },
  'source-edit': { act: settings(0) },
  'source-moved': { act: move },
  'source-moved-dark-french': { query: 'language=fr', locale: 'fr-FR', dark: true, size: SMALL, act: move },
  'source-test': { act: test },
  'source-test-dark': { dark: true, act: test },
  'source-test-refused': { query: 'refusing=unavailable', act: test },
  'source-test-refused-dark-french': { query: 'refusing=forbidden&language=fr', locale: 'fr-FR', dark: true, size: SMALL, act: test },
  'source-moved-test': {
    act: async (page) => {
      await move(page);
      await page.getByTestId('sign-in-password').fill('vigie');
      await page.getByTestId('sign-in-test').click();
      await page.waitForTimeout(600);
    },
  },
  'sources-paused': { query: 'link=paused', act: go('sources') },
  'sources-paused-dark': { query: 'link=paused', dark: true },
  'add-own': { query: 'sources=5', size: SMALL, act: addSource('branch-host') },
  diagnostics: {
    query: 'sources=5&notices=profile_wrong',
    act: async (page) => page.getByTestId('to-diagnostics').click(),
  },
  'diagnostics-dark-french': {
    query: 'sources=5&language=fr&notices=profile_wrong',
    locale: 'fr-FR',
    dark: true,
    act: async (page) => {
      await page.getByTestId('to-diagnostics').click();
      await page.getByTestId('save-report').click();
      await page.waitForTimeout(900);
    },
  },
  overview: { act: go('overview') },
  'overview-dark': { dark: true, act: go('overview') },
  'overview-small-dark-french': { query: 'sources=5&language=fr&link=offline', locale: 'fr-FR', dark: true, size: SMALL, act: go('overview') },
  'overview-week-lower': { query: 'sources=5', act: overview('week', 'backend-metrics') },
  'overview-hour-tables': {
    act: async (page) => {
      await overview('hour')(page);
      for (const toggle of await page.getByTestId('as-table').all()) await toggle.click();
    },
  },
  'overview-pointed-dark': {
    dark: true,
    act: async (page) => {
      await go('overview')(page);
      await page.locator('[data-chart=alerts] .u-over').hover({ position: { x: 130, y: 60 } });
    },
  },
  'overview-contrast': { contrast: true, act: go('overview') },
  'overview-empty': { query: 'empty', act: overview('hour') },
  'overview-failing': { query: 'failing=store', dark: true, act: go('overview') },
  palette: { query: 'sources=5', act: palette('') },
  'palette-dark': { query: 'sources=5', dark: true, act: palette('s') },
  'palette-small-french': { query: 'sources=5&language=fr', locale: 'fr-FR', size: SMALL, act: palette('fa') },
  'palette-none': { act: palette('zebra') },
  'palette-contrast': { contrast: true, act: palette('') },
  sheet: { act: keys('?') },
  'sheet-dark': { dark: true, act: keys('?') },
  'sheet-small-french': { query: 'language=fr', locale: 'fr-FR', size: SMALL, act: keys('?') },
  chosen: { act: choose },
  'chosen-dark': { dark: true, act: choose },
  'chosen-one-source': { act: async (page) => { await only(1)(page); await choose(page); } },
  'chosen-small-french-dark': { query: 'language=fr', locale: 'fr-FR', dark: true, size: SMALL, act: async (page) => { await only(1)(page); await choose(page); } },
  'chosen-contrast': { contrast: true, act: choose },
  'chosen-refused': { query: 'refusing=forbidden', act: refuseChosen },
  'snooze-menu': { act: keys('j', 'j', 's') },
  'snooze-menu-small-french-dark': { query: 'language=fr', locale: 'fr-FR', dark: true, size: SMALL, act: keys('j', 'j', 's') },
  snoozed: { act: snoozed },
  'snoozed-small-french': { query: 'language=fr', locale: 'fr-FR', size: SMALL, act: snoozed },
  groups: { act: grouped('customer') },
  'groups-small-french-dark': { query: 'language=fr', locale: 'fr-FR', dark: true, size: SMALL, act: grouped('scenario') },
  'groups-opened': { act: async (page) => { await grouped('customer')(page); await keys('j', 'Enter')(page); } },
  empty: { query: 'empty' },
  failing: { query: 'failing=store', dark: true },
  loading: { query: 'delay=60000' },
};
