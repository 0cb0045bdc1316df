# Runs in each context before the script. A signal ends the whole worker, so scripts are spared the mistake; made on purpose it is
# still a breach.
def _stratoswarm_prelude():
    import _signal
    from _json import make_scanner

    for name in ('raise_signal', 'pthread_kill', 'alarm', 'setitimer'):
        if hasattr(_signal, name):
            delattr(_signal, name)

    def no_number(word):
        raise ValueError(word + ' is no value of JSON')

    class Rules:
        strict = False
        object_hook = None
        object_pairs_hook = None
        parse_float = float
        parse_int = int
        parse_constant = no_number
        memo = {}

    scan = make_scanner(Rules)

    # What the module json does, without what importing it costs: a script that wants it imports it itself.
    def read(text):
        value, end = scan(text, 0)
        if end != len(text):
            raise ValueError('more follows at character %d' % end)
        return value

    return read, list


_stratoswarm_prelude()
