#!/bin/sh
# What needs no program to say it. FAKE_CODEX: `fails` ends as at a usage limit; `hangs` never answers.
case "$FAKE_CODEX $*" in
  *--version*) echo "codex-cli 0.169.0" ;;
  fails*)
    echo '{"type":"thread.started","thread_id":"t"}'
    echo '{"type":"turn.failed","error":{"message":"You'"'"'ve hit your usage limit."}}'
    exit 1
    ;;
  hangs*) exec /bin/sleep 60 ;;
  *) exec node "$FAKE_CODEX_PROGRAM" "$@" ;;
esac
