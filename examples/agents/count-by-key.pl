#!/usr/bin/perl
# A reference agent that keeps state by key: passes JSON records on with how many of their key there were, as "count".
#
#   node count {
#     run perl /path/to/count-by-key.pl user
#     label state = by-key
#     label state-key = user
#   }
#
# What makes it one whose keys can move to other agents (docs/transforms.md, State):
#   1. before its first record it reads the channel state-in to its end, lines like {"key":"ann","count":3};
#   2. once its input has ended it writes the same for all its keys to the channel state-out, and exits with 0.
# It says that it is ready, where it does so at all, before it reads state-in: that ends when it is to take over.
use strict;
use warnings;

my $field = shift // die "usage: count-by-key.pl FIELD\n";
my $key   = qr/"\Q$field\E"\s*:\s*("(?:[^"\\]|\\.)*"|[^,}\s]+)/;
my %count;

if (defined(my $fd = $ENV{STRATOSWARM_CHANNEL_STATE_IN})) {
    open(my $in, '<&=', $fd) or die "count-by-key: cannot read state-in: $!\n";
    while (my $line = <$in>) {
        $line =~ /^\{"key":("(?:[^"\\]|\\.)*"|[^,}\s]+),"count":(\d+)\}$/ or die "count-by-key: no state of mine: $line";
        $count{$1} += $2;
    }
}

# All that is there is read at once and answered at once; nothing is held back.
my ($rest, $out) = ('', '');
while (sysread(STDIN, $rest, 65536, length $rest)) {
    while ($rest =~ /\G([^\n]*)\n/gc) {
        my $record = $1;
        if ($record =~ $key) {
            my $n = ++$count{$1};
            $record =~ s/\}\s*$/,"count":$n}/;
        }
        $out .= "$record\n";
    }
    $rest = substr($rest, pos($rest) // 0);
    give(\*STDOUT, $out);
    $out = '';
}

if (defined(my $fd = $ENV{STRATOSWARM_CHANNEL_STATE_OUT})) {
    open(my $state, '>&=', $fd) or die "count-by-key: cannot write state-out: $!\n";
    give($state, "{\"key\":$_,\"count\":$count{$_}}\n") for sort keys %count;
}

sub give {
    my ($to, $bytes) = @_;
    my $given = 0;
    while ($given < length $bytes) {
        $given += syswrite($to, $bytes, length($bytes) - $given, $given) // die "count-by-key: cannot write: $!\n";
    }
}
