import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { On } from '../invocation.ts';

export function addSessionCommands(program: Command, on: On): void {
  const sessions = addCommand(program, 'sessions', {
    summary: 'Sessions and their recordings.',
    examples: [],
  });

  addCommand(sessions, 'list', {
    summary: 'List sessions, the newest first.',
    examples: [
      ['sallyport sessions list', 'the newest hundred'],
      [
        'sallyport sessions list --target shop --search orders',
        'those on one target with a statement that mentions orders',
      ],
    ],
  })
    .option('--principal <name>', 'of this principal, by name or id')
    .option('--target <name>', 'on this target')
    .option('--search <words>', 'with a statement that contains these words')
    .option('--limit <count>', 'at most so many', '100')
    .action(
      on(async (invocation) => (await import('../sessions/list-sessions.ts')).listSessions(invocation)),
    );

  addCommand(sessions, 'show <session>', {
    summary: 'Show a session and its statements.',
    examples: [['sallyport sessions show ses_19ab', 'from the index, without reading the recording']],
  }).action(on(async (invocation) => (await import('../sessions/show-session.ts')).showSession(invocation)));

  addCommand(sessions, 'replay <session>', {
    summary: 'Show everything that happened: statements, decisions, holds and results.',
    description:
      'Show everything that happened: statements, decisions, holds and results, as the caller saw them. SESSION is an id, or the file of a recording. Control characters in what was recorded are shown, not sent to the terminal. With --output json it prints one JSON object a line, one for each item of the timeline.',
    examples: [
      ['sallyport sessions replay ses_19ab', 'all at once'],
      ['sallyport sessions replay ses_19ab --speed 4', 'four times as fast as it happened'],
      [
        'sallyport sessions replay ses_19ab --output json | jq -r \'select(.type == "statement") | .statement.text\'',
        'only the statements',
      ],
    ],
  })
    .option('--speed <factor>', 'wait between items as long as it took, divided by this')
    .option('--rows <count>', 'rows shown of each result; 0: all that were recorded', '50')
    .option('--wide', 'do not shorten long values')
    .action(
      on(async (invocation) => (await import('../replay/replay-session.ts')).replaySession(invocation)),
    );

  addRecordingCommands(sessions, on);
}

function addRecordingCommands(sessions: Command, on: On): void {
  addCommand(sessions, 'download <session> <file>', {
    summary: 'Save a recording as it is stored, to verify or replay it elsewhere.',
    examples: [
      ['sallyport sessions download ses_19ab ses_19ab.recording', 'to a file, which must not exist'],
    ],
  }).action(
    on(async (invocation) =>
      (await import('../sessions/download-recording.ts')).downloadRecording(invocation),
    ),
  );

  addCommand(sessions, 'end <session>', {
    summary: 'End a live session at once.',
    examples: [['sallyport sessions end ses_19ab', 'its connection closes within seconds']],
  }).action(on(async (invocation) => (await import('../sessions/end-session.ts')).endSession(invocation)));

  addCommand(sessions, 'key', {
    summary: 'Print the key that recordings are verified with, to keep and to compare.',
    examples: [['sallyport sessions key > recording.key', 'for "sallyport verify --key recording.key"']],
  }).action(on(async (invocation) => (await import('../sessions/print-key.ts')).printKey(invocation)));
}
