import { tauriBridge } from './bridge/tauri';
import { start } from './start';

await start(tauriBridge());
