"""The truth about accounts, clips and money: tables, queries and migrations. The only room with SQL."""
