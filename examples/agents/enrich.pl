#!/usr/bin/perl
# A reference agent that keeps nothing from record to record: passes JSON records on with their length in bytes, as "bytes".
#
#   node enrich {
#     run perl /path/to/enrich.pl
#     label state = none
#   }
#
# Any number of it may take any of the records: it gives what it has taken at once, and ends when its input does.
use strict;
use warnings;

my $rest = '';
while (sysread(STDIN, $rest, 65536, length $rest)) {
    my $out = '';
    while ($rest =~ /\G([^\n]*)\n/gc) {
        my ($record, $bytes) = ($1, length $1);
        $record =~ s/\}\s*$/,"bytes":$bytes}/;
        $out .= "$record\n";
    }
    $rest = substr($rest, pos($rest) // 0);
    my $given = 0;
    while ($given < length $out) {
        $given += syswrite(STDOUT, $out, length($out) - $given, $given) // die "enrich: cannot write: $!\n";
    }
}
