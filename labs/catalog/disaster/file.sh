# Where the backup of this lab belongs.
echo "$LAB_STATE/backup"
