import { Channel, invoke } from '@tauri-apps/api/core';

import type { Bridge, Show, Watcher } from './bridge';

/** The bridge to the desk: one command for each question. */
export function tauriBridge(): Bridge {
  return {
    overview: () => invoke('overview'),
    watch: (watcher: Watcher) => {
      const channel = new Channel<Parameters<Watcher['overview']>[0]>((overview) => watcher.overview(overview));
      const show = new Channel<Show>((show) => watcher.show(show));
      return invoke('watch', { channel, show });
    },
    painted: (number) => invoke('painted', { number }),
    opened: () => invoke('opened'),
    leave: (left) => invoke('leave', { left }),
    texts: () => invoke('texts'),

    alerts: (filter, range) => invoke('alerts', { filter, ...range }),
    alertChanges: (since, limit) => invoke('alert_changes', { since, limit }),
    alertGroups: (by, filter) => invoke('alert_groups', { by, filter }),
    alert: (id) => invoke('alert', { id }),
    acknowledge: (alerts) => invoke('acknowledge', { alerts }),
    unacknowledge: (alerts) => invoke('unacknowledge', { alerts }),
    takeBack: () => invoke('take_back'),
    snooze: (request) => invoke('snooze', { request }),
    lookForUpdate: () => invoke('look_for_update'),
    putOffUpdate: () => invoke('put_off_update'),
    installUpdate: () => invoke('install_update'),
    undoSnooze: (snoozed) => invoke('undo_snooze', { snoozed }),
    wake: (alerts, snoozes) => invoke('wake', { alerts, snoozes }),
    snoozes: () => invoke('snoozes'),
    transactions: (range) => invoke('transactions', { ...range }),
    activity: (range) => invoke('activity', { ...range }),
    event: (id) => invoke('event', { id }),
    search: (query, before, limit) => invoke('search', { query, before, limit }),
    searchValues: () => invoke('search_values'),
    charts: (span, source) => invoke('charts', { span, source }),
    act: (request) => invoke('act', { request }),
    outbox: () => invoke('outbox'),
    withdraw: (deed) => invoke('withdraw', { deed }),
    undo: (deed) => invoke('undo', { deed }),
    insist: (deed) => invoke('insist', { deed }),
    analyse: (event) => invoke('analyse', { event }),

    profiles: () => invoke('profiles'),
    signIn: (request) => invoke('sign_in', { request }),
    trySimulation: () => invoke('try_simulation'),
    signOut: (source) => invoke('sign_out', { source }),
    removeSource: (source) => invoke('remove_source', { source }),
    testSource: (tested, tell) => invoke('test_source', { tested, channel: new Channel(tell) }),
    stopTest: (source) => invoke('stop_test', { source }),
    editSource: (edit) => invoke('edit_source', { edit }),
    pauseSource: (source, paused) => invoke('pause_source', { source, paused }),
    retry: (source) => invoke('retry', { source }),

    settings: () => invoke('settings'),
    setSettings: (settings) => invoke('set_settings', { settings }),
    pauseNotifications: (minutes) => invoke('pause_notifications', { minutes }),
    quit: () => invoke('quit'),
    diagnostics: () => invoke('diagnostics'),
    saveReport: () => invoke('save_report'),
  };
}
