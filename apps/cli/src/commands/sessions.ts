import { Option, type Command } from 'commander';
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

  addReplayCommand(sessions, on);
  addExportCommand(sessions, on);
  addRecordingCommands(sessions, on);
}

function addReplayCommand(sessions: Command, on: On): void {
  addCommand(sessions, 'replay <session>', {
    summary: 'Show everything that happened: statements, decisions, holds and results.',
    description:
      'Show everything that happened: statements, decisions, holds and results, as the caller saw them. SESSION is an id, or the file of a recording. Control characters in what was recorded are shown, not sent to the terminal. With --terminal it plays what terminals showed, as fast as it happened, one statement after the other as they were recorded; of escape sequences only those pass that draw. With --output json it prints one JSON object a line, one for each item of the timeline.',
    examples: [
      ['sallyport sessions replay ses_19ab', 'all at once'],
      ['sallyport sessions replay ses_19ab --speed 4', 'four times as fast as it happened'],
      ['sallyport sessions replay ses_19ab --terminal --idle-limit 2', 'an SSH session as its caller saw it'],
      [
        'sallyport sessions replay ses_19ab --output json | jq -r \'select(.type == "statement") | .statement.text\'',
        'only the statements',
      ],
    ],
  })
    .option('--speed <factor>', 'wait between items as long as it took, divided by this')
    .option('--terminal', 'play it as a terminal showed it')
    .option('--no-wait', 'with --terminal: all at once')
    .option('--idle-limit <seconds>', 'wait at most so long, before --speed; default 10')
    .option('--rows <count>', 'rows shown of each result; 0: all that were recorded', '50')
    .option('--wide', 'do not shorten long values')
    .action(
      on(async (invocation) => (await import('../replay/replay-session.ts')).replaySession(invocation)),
    );
}

function addExportCommand(sessions: Command, on: On): void {
  addCommand(sessions, 'export <session> [file]', {
    summary: 'Write what a terminal showed in a form that players know.',
    description:
      'Write what a terminal showed in a form that players know: asciicast v2 (asciinema). Commands without a terminal are written as lines, their standard error in red; file operations as one line each. SESSION is an id, or the file of a recording; FILE must not exist, without one it goes to standard output. What the caller typed is left out unless asked for: it may have passwords in it.',
    examples: [
      ['sallyport sessions export ses_19ab ses_19ab.cast', 'to play with "asciinema play ses_19ab.cast"'],
      ['sallyport sessions export ses_19ab --input > typed.cast', 'with what was typed'],
    ],
  })
    .addOption(new Option('--format <format>', 'of the file').choices(['asciicast']).default('asciicast'))
    .option('--input', 'also what the caller typed')
    .option('--idle-limit <seconds>', 'players shorten longer pauses to this')
    .action(
      on(async (invocation) => (await import('../replay/export-session.ts')).exportSession(invocation)),
    );
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
