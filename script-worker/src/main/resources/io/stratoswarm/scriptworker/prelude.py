# Runs in each context before the script. Gives what calls the script's function: parses the input into views that refuse every
# change, so that a script cannot change what it was handed, and passes it on. Lists are handed over as tuples.
#
# It imports built-in modules alone, since those of the library are read and compiled anew for each context.
def _stratoswarm_prelude():
    import _json
    import _signal

    # A signal ends the whole worker, so scripts are spared the mistake; on purpose it is still a breach.
    for name in ('raise_signal', 'pthread_kill', 'alarm', 'setitimer'):
        if hasattr(_signal, name):
            delattr(_signal, name)

    def refuse(self, *arguments, **named):
        raise TypeError('the input of a script cannot be changed; copy it first, by dict(...) or list(...)')

    class View(dict):
        __slots__ = ()
        __setitem__ = __delitem__ = __ior__ = refuse
        clear = pop = popitem = setdefault = update = refuse

    def view(value):
        if type(value) is list:
            return tuple([view(entry) for entry in value])
        return value

    class Scanning:
        strict = True
        object_hook = None
        parse_float = float
        parse_int = int
        memo = {}

        @staticmethod
        def object_pairs_hook(pairs):
            return View([(key, view(entry)) for key, entry in pairs])

        @staticmethod
        def parse_constant(name):
            raise ValueError(name + ' is no JSON')

    scan = _json.make_scanner(Scanning)

    def call(target, text):
        return target(view(scan(text, 0)[0]))

    return call


_stratoswarm_call = _stratoswarm_prelude()
del _stratoswarm_prelude
globals().pop('_stratoswarm_call')
