# Writes ten lines a second; once its fault file is there, as fast as it can.
#   sh producer.sh NAME FOLDER
n=0
while :; do
    if [ -e "$2/$1.fault" ]; then
        i=0
        while [ $i -lt 400 ]; do i=$((i + 1)); n=$((n + 1)); echo "$n xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; done
        sleep 0.05
    else
        i=0
        while [ $i -lt 5 ]; do i=$((i + 1)); n=$((n + 1)); echo "$n xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; done
        sleep 0.5
    fi
done
