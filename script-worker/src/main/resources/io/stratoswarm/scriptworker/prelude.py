# Runs in each context before the script. A signal ends the whole worker, so scripts are spared the mistake; made on purpose it is
# still a breach.
def _stratoswarm_prelude():
    import _signal

    for name in ('raise_signal', 'pthread_kill', 'alarm', 'setitimer'):
        if hasattr(_signal, name):
            delattr(_signal, name)


_stratoswarm_prelude()
del _stratoswarm_prelude
