// The window in a plain browser, with made-up data. Not part of the program: only `index.html` is built.
import { fakeBridge } from './bridge/fake';
import { hostile, type Hostile } from './bridge/fake/hostile';
import { sceneFrom } from './bridge/fake/scene';
import { start } from './start';

const params = new URLSearchParams(location.search);
const desk = fakeBridge(sceneFrom(params));
const how = params.get('hostile') as Hostile | null;
await start(how ? hostile(desk, how) : desk);
