# Starts PostgreSQL, with the arguments given. If there are no files yet, makes them first, with one database that
# belongs to one account. Over the network accounts reach the database of their own name and no other.
#
# PGDATA: the folder of the files, whose parent has to be there. PGHOST: the folder of the socket. NAME: of database and
# account. PASSWORD: of the account; it is set when the files are made, and not changed later. ATTRIBUTES: of the account
# beside LOGIN, such as CREATEDB CREATEROLE; none unless given.
# https://www.postgresql.org/docs/current/app-initdb.html
set -eu

quoted() { printf '%s' "$1" | sed "s/$2/$2$2/g"; }

if [ ! -e "$PGDATA" ]; then
    unfinished=$PGDATA.unfinished # so that a start that is killed leaves nothing half made in the place of the files
    rm -rf "$unfinished"
    initdb --pgdata="$unfinished" --username=postgres --auth-local=trust --auth-host=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --no-instructions
    printf '\nhost sameuser all all scram-sha-256\n' >> "$unfinished/pg_hba.conf"
    printf "\nlisten_addresses = '*'\nunix_socket_directories = '%s'\n" "$PGHOST" >> "$unfinished/postgresql.conf"
    account=$(quoted "$NAME" '"') password=$(quoted "$PASSWORD" "'")
    # Without a server: nobody can connect before the password is set.
    postgres --single -j -c exit_on_error=on -D "$unfinished" postgres > /dev/null << SQL
CREATE ROLE "$account" LOGIN${ATTRIBUTES:+ $ATTRIBUTES} PASSWORD '$password';

CREATE DATABASE "$account" OWNER "$account";

SQL
    mv "$unfinished" "$PGDATA"
fi
unset PASSWORD
exec "$@"
