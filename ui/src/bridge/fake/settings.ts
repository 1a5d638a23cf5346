import type { SettingsView } from '../types';
import type { Scene } from './scene';

/** The usual settings; of a scene that is managed, some are the administrator's. */
export function settingsOf(scene: Scene): SettingsView {
  return {
    settings: {
      window: { theme: 'system', language: 'system', dense: false, single_keys: true, high_value: 10_000, views: [] },
      notifications: {
        from: 'high',
        private: true,
        rules: [
          {
            name: 'Large transfers',
            then: 'announce',
            source: null,
            kinds: ['transaction'],
            severity: null,
            more_than: 50_000,
            scenario: null,
            text: null,
          },
        ],
        quiet_hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '22:00', until: '07:00' }],
      },
      desktop: { start_at_login: false, updates: true },
      storage: { keep_days: 400, keep_gib: 16 },
    },
    file: '/home/marie/.config/app.vigie.desktop/settings.toml',
    managed: scene.managed ? '/etc/vigie/settings.toml' : null,
    locked: scene.managed ? ['notifications.private', 'storage.keep_days'] : [],
    problem: scene.wrong ? '/home/marie/.config/app.vigie.desktop/settings.toml: TOML parse error at line 2, column 9' : null,
  };
}
