import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { startGatedDatabase } from '../support/gated-database.js';
import { writeGroupFile } from '../support/group-file.js';
import { dropFolder, newFolder } from '../support/kindred-command.js';
import { ServerProcess } from '../support/server-process.js';
import { buildSmallWorld } from '../support/small-world.js';
import { createTokens } from '../support/token-maker.js';
import { enrolJourney } from './enrol-journey.js';
import { type JourneyStage, journeyTokens } from './journey-stage.js';
import { mergeJourney } from './merge-journey.js';
import { saleJourney } from './sale-journey.js';
import { searchJourney } from './search-journey.js';

/**
 * Four journeys through the small world, in order, on one server: each takes up what the one before has left. Ids,
 * hashes and times are compared by form only.
 */
describe('the journeys', () => {
  const folder = newFolder();
  const stage = {} as JourneyStage;

  beforeAll(async () => {
    stage.hearth = await startGatedDatabase(join(folder, 'hearth'), 'kindred_hearth');
    stage.configFile = await writeGroupFile(folder, {
      uris: { hearth: stage.hearth.uri },
      server: { brandDeadlineMs: 3_000, searchesPerMinutePerTarget: 6 },
    });
    stage.server = await ServerProcess.serve(stage.configFile);
    stage.token = await createTokens(stage.configFile, journeyTokens);
    stage.world = await buildSmallWorld(stage.server, stage.token.admin);
  }, 120_000);

  afterAll(async () => {
    await stage.server?.end();
    await stage.hearth?.close();
    await dropFolder(folder);
  });

  searchJourney(stage);
  mergeJourney(stage);
  enrolJourney(stage);
  saleJourney(stage);
});
